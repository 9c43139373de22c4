"""Access tokens: what is read is what was written, and PyJWT agrees."""

import base64
import json
from datetime import timedelta

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import OctKey, import_key

from app.adapters.tokens.jwt.access_token import AccessToken, AccessTokens
from app.adapters.tokens.jwt.signing_keys import SigningKey, read_signing_keys
from app.identity.domain import SessionId, UserId
from app.kernel.errors import NotSignedIn
from app.kernel.ids import new_id
from tests.clock import TurnableClock
from tests.unit.token_doubles import EDDSA_KEY, ES256_KEY, HS256_KEY, SECRET

KEYS = {"HS256": HS256_KEY, "ES256": ES256_KEY, "EdDSA": EDDSA_KEY}


def opened(text: str = HS256_KEY) -> AccessTokens:
    return AccessTokens(read_signing_keys(text), "shop", "mini-program", 600)


def somebody(token_version: int = 1) -> AccessToken:
    return AccessToken(UserId(new_id()), SessionId(new_id()), token_version)


def by_pyjwt(text: str, key: SigningKey) -> dict[str, object]:
    """What an implementation that shares no line with ours makes of a token."""
    secret = key.key.raw_value if isinstance(key.key, OctKey) else key.key.public_key
    return jwt.decode(
        text,
        secret,
        algorithms=[key.algorithm.name],
        audience="mini-program",
        issuer="shop",
        options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
    )


@pytest.mark.parametrize("alg", KEYS)
def test_what_was_written_is_read(alg: str, clock: TurnableClock) -> None:
    tokens, token = opened(KEYS[alg]), somebody()

    text = tokens.write(token, clock())

    assert tokens.read(text, clock()) == token
    assert opened(KEYS[alg]).read(text, clock()) == token


@pytest.mark.parametrize("alg", KEYS)
def test_pyjwt_accepts_what_we_write_and_reads_the_same(alg: str, clock: TurnableClock) -> None:
    [key] = read_signing_keys(KEYS[alg])
    token = somebody(7)

    claims = by_pyjwt(opened(KEYS[alg]).write(token, clock()), key)

    assert (claims["sub"], claims["sid"]) == (str(token.user_id), str(token.session_id))
    assert (claims["ver"], claims["exp"]) == (7, int(clock().timestamp()) + 600)


@given(version=st.integers(1, 2**31), cut=st.integers(0, 500), letter=st.sampled_from("Aw_9.= "))
def test_whatever_we_accept_of_an_altered_token_pyjwt_accepts_too(
    version: int, cut: int, letter: str
) -> None:
    clock = TurnableClock()
    text = opened().write(somebody(version), clock())
    at = cut % len(text)
    altered = text[:at] + letter + text[at + 1 :]

    try:
        opened().read(altered, clock())
    except NotSignedIn:
        assert altered != text
    else:
        assert by_pyjwt(altered, read_signing_keys(HS256_KEY)[0])["ver"] == version


def test_a_token_made_elsewhere_with_our_key_and_claims_is_read(clock: TurnableClock) -> None:
    token, now = somebody(), int(clock().timestamp())
    claims = {
        "iss": "shop", "aud": "mini-program", "sub": str(token.user_id), "iat": now, "nbf": now,
        "exp": now + 600, "jti": str(new_id()), "sid": str(token.session_id), "ver": 1,
    }  # fmt: skip

    text = jwt.encode(claims, SECRET, "HS256", {"kid": "k1", "typ": "at+jwt"}, sort_headers=False)

    assert opened().read(text, clock()) == token


def test_a_token_says_nothing_personal_and_nothing_else(clock: TurnableClock) -> None:
    header, payload, _ = opened().write(somebody(), clock()).split(".")

    said = [json.loads(base64.urlsafe_b64decode(part + "==")) for part in (header, payload)]

    assert said[0] == {"alg": "HS256", "kid": "k1", "typ": "at+jwt"}
    assert set(said[1]) == {"iss", "aud", "sub", "iat", "nbf", "exp", "jti", "sid", "ver"}


def test_two_tokens_of_one_moment_differ(clock: TurnableClock) -> None:
    token = somebody()

    assert opened().write(token, clock()) != opened().write(token, clock())


def test_a_token_is_dead_from_its_last_second_on(clock: TurnableClock) -> None:
    tokens = opened()
    text = tokens.write(somebody(), clock())

    clock.advance(seconds=599.9)
    tokens.read(text, clock())
    clock.advance(seconds=0.1)

    with pytest.raises(NotSignedIn):
        tokens.read(text, clock())


def test_a_token_of_a_clock_slightly_ahead_is_read(clock: TurnableClock) -> None:
    text = opened().write(somebody(), clock() + timedelta(seconds=5))

    assert opened().read(text, clock())
    with pytest.raises(NotSignedIn):
        opened().read(text, clock() - timedelta(seconds=1))


def test_public_keys_are_public_only() -> None:
    published = opened(f"{ES256_KEY},{EDDSA_KEY.replace('active', 'next')}").public_keys()

    assert published is not None
    keys = published["keys"]
    assert isinstance(keys, list)
    assert {key["kid"]: key["alg"] for key in keys} == {"e1": "ES256", "d1": "EdDSA"}
    assert not any({"d", "k"} & set(key) for key in keys)
    assert not any(import_key(key).is_private for key in keys)


def test_a_shared_secret_is_published_nowhere() -> None:
    mixed = opened(f"{ES256_KEY},{HS256_KEY.replace('active', 'verify')}").public_keys()

    assert opened(HS256_KEY).public_keys() is None
    assert mixed is not None
    assert len(mixed["keys"]) == 1  # type: ignore[arg-type]
