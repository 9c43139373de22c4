"""Signing keys: how they rotate, and which of them stop the start."""

import base64
from itertools import pairwise
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from pydantic import ValidationError

from app.adapters.tokens.jwt.access_token import AccessToken, AccessTokens
from app.adapters.tokens.jwt.settings import TokensSettings
from app.adapters.tokens.jwt.signing_keys import new_signing_key_text, read_signing_keys
from app.identity.domain import SessionId, UserId
from app.kernel.errors import NotSignedIn
from app.kernel.ids import new_id
from tests.clock import TurnableClock
from tests.unit.token_doubles import ES256_KEY, HS256_KEY, OTHER_SECRET, SECRET, entry

TOKEN = AccessToken(UserId(new_id()), SessionId(new_id()), 1)
OLD, NEW = ("old", SECRET), ("new", OTHER_SECRET)


def opened(text: str) -> AccessTokens:
    return AccessTokens(read_signing_keys(text), "shop", "app", 600)


def stage(old: str | None, new: str | None) -> AccessTokens:
    """A process at one step of a rotation."""
    named = [(OLD, old), (NEW, new)]
    texts = [entry(kid, "HS256", state, secret) for (kid, secret), state in named if state]
    return opened(",".join(texts))


STAGES = [
    ("active", None),
    ("active", "next"),
    ("verify", "active"),
    (None, "active"),
]


@pytest.mark.parametrize(("before", "after"), list(pairwise(STAGES)))
def test_neighbouring_steps_of_a_rotation_read_each_others_tokens(
    before: Any, after: Any, clock: TurnableClock
) -> None:
    """But for the last step, which is taken when no token of the old key lives any more."""
    earlier, later = stage(*before), stage(*after)

    assert earlier.read(later.write(TOKEN, clock()), clock()) == TOKEN
    if after != STAGES[-1]:
        assert later.read(earlier.write(TOKEN, clock()), clock()) == TOKEN


def test_a_key_that_is_gone_verifies_nothing(clock: TurnableClock) -> None:
    text = stage(*STAGES[0]).write(TOKEN, clock())

    with pytest.raises(NotSignedIn):
        stage(*STAGES[-1]).read(text, clock())


def test_a_rotation_may_change_the_algorithm(clock: TurnableClock) -> None:
    before = opened(f"{HS256_KEY},{ES256_KEY.replace('active', 'next')}")
    after = opened(f"{HS256_KEY.replace('active', 'verify')},{ES256_KEY}")

    assert after.read(before.write(TOKEN, clock()), clock()) == TOKEN
    assert before.read(after.write(TOKEN, clock()), clock()) == TOKEN


def test_a_public_key_is_enough_to_verify(clock: TurnableClock) -> None:
    [key] = read_signing_keys(ES256_KEY)
    public = entry("e1", "ES256", "verify", key.key.as_pem(private=False))

    assert opened(f"{HS256_KEY},{public}").read(opened(ES256_KEY).write(TOKEN, clock()), clock())


def test_a_new_key_is_acceptable_and_never_the_same() -> None:
    texts = {new_signing_key_text() for _ in range(50)}

    keys = [read_signing_keys(text)[0] for text in texts]

    assert len(texts) == len({key.kid for key in keys}) == 50
    assert {(key.algorithm.name, key.state) for key in keys} == {("HS256", "active")}


def test_a_key_is_not_printed() -> None:
    [key] = read_signing_keys(HS256_KEY)

    printed = repr(key) + repr(settings_with(HS256_KEY))

    assert base64.b64encode(SECRET).decode() not in printed
    assert str(SECRET) not in printed


def settings_with(text: str, **given: object) -> TokensSettings:
    return TokensSettings.model_validate({"signing_keys": text, **given})


def hs256(material: bytes) -> str:
    return entry("k1", "HS256", "active", material)


RFC_7515_A1 = OctKey.import_key(
    {
        "kty": "oct",
        "k": "AyM1SysPpbyfDfZld3umj1qzKObwVMkoqQ-EstJQLr_T"
        "-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
    }
)
RFC_8037_A1 = OKPKey.import_key(
    {
        "kty": "OKP",
        "crv": "Ed25519",
        "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    }
)
P384 = ECKey.generate_key("P-384").as_der(private=True)
ED448 = OKPKey.generate_key("Ed448").as_der(private=True)
RSA = RSAKey.generate_key(2048).as_der(private=True)
PUBLIC_EC = ECKey.generate_key("P-256").as_der(private=False)

WEAK = {
    "31 bytes": hs256(SECRET[:31]),
    "8 bytes": hs256(b"12345678"),
    "empty": hs256(b""),
    "one byte repeated": hs256(b"\x00" * 64),
    "few different bytes": hs256(b"aabacbbcacabcbaaccbabcacbbacabcc"),
    "a half repeated": hs256(SECRET[:16] * 2),
    "counting up": hs256(bytes(range(32))),
    "counting down": hs256(bytes(range(64, 0, -1))),
    "an example": hs256(b"a-string-secret-at-least-256-bits-long"),
    "a placeholder": hs256(b"Change-Me-Before-You-Go-To-Production!"),
    "printed in RFC 7515": hs256(RFC_7515_A1.raw_value),
    "printed in RFC 8037": entry("k1", "EdDSA", "active", RFC_8037_A1.as_der(private=True)),
}
UNREADABLE = {
    "nothing": "",
    "a bare secret": base64.b64encode(SECRET).decode(),
    "no base64": "k1:HS256:active:change-me",
    "no state": f"k1:HS256:{base64.b64encode(SECRET).decode()}",
    "unknown state": HS256_KEY.replace("active", "retired"),
    "alg none": HS256_KEY.replace("HS256", "none"),
    "alg RS256": entry("k1", "RS256", "active", RSA),
    "odd kid": HS256_KEY.replace("k1", "../k1"),
    "no kid": HS256_KEY.replace("k1", ""),
    "a trailing comma": HS256_KEY + ",",
    "none active": HS256_KEY.replace("active", "verify"),
    "two active": f"{HS256_KEY},{ES256_KEY}",
    "one id twice": f"{HS256_KEY},{HS256_KEY.replace('active', 'next')}",
    "a key of another curve": entry("k1", "ES256", "active", P384),
    "Ed448": entry("k1", "EdDSA", "active", ED448),
    "an RSA key as ES256": entry("k1", "ES256", "active", RSA),
    "a public key as secret": hs256(PUBLIC_EC),
    "a public key that is active": entry("k1", "ES256", "active", PUBLIC_EC),
    "noise as ES256": entry("k1", "ES256", "active", SECRET),
}


@pytest.mark.parametrize("name", [*WEAK, *UNREADABLE])
def test_a_weak_or_unreadable_key_stops_the_start_and_is_not_quoted(name: str) -> None:
    text = {**WEAK, **UNREADABLE}[name]

    with pytest.raises(ValidationError) as refusal:
        settings_with(text)

    [problem] = refusal.value.errors(include_input=False)
    assert problem["loc"] == ("signing_keys",)
    material = text.rsplit(":", 1)[-1]
    assert len(material) < 4 or material not in str(refusal.value)


def test_strong_keys_of_every_kind_are_accepted() -> None:
    hexadecimal = hs256(SECRET.hex().encode())

    assert read_signing_keys(hexadecimal)
    assert read_signing_keys(f" {HS256_KEY} , {ES256_KEY.replace('active', 'next')}")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("access_seconds", 59),
        ("access_seconds", 3601),
        ("refresh_grace_seconds", 301),
        ("refresh_idle_seconds", 10),
        ("issuer", ""),
        ("audience", "two words"),
        ("audience", "line\n"),
    ],
)
def test_a_setting_out_of_bounds_stops_the_start(name: str, value: object) -> None:
    with pytest.raises(ValidationError):
        settings_with(HS256_KEY, **{name: value})


def test_a_family_cannot_end_before_it_falls_idle() -> None:
    with pytest.raises(ValidationError, match="TOKENS_REFRESH_ABSOLUTE_SECONDS"):
        settings_with(HS256_KEY, refresh_idle_seconds=7200, refresh_absolute_seconds=3600)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKENS_SIGNING_KEYS", HS256_KEY)
    monkeypatch.setenv("TOKENS_ACCESS_SECONDS", "300")

    settings = TokensSettings()  # type: ignore[call-arg]

    assert settings.access_seconds == 300


def test_the_defaults_are_those_that_are_promised() -> None:
    settings = settings_with(HS256_KEY)
    day = 24 * 60 * 60

    assert (settings.access_seconds, settings.refresh_grace_seconds) == (600, 30)
    assert settings.refresh_idle_seconds == 30 * day
    assert settings.refresh_absolute_seconds == 90 * day
