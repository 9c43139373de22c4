"""What a refresh token looks like, here and at rest."""

from hashlib import sha256

import pytest

from app.adapters.tokens.jwt.codec import base64url
from app.adapters.tokens.jwt.tokens import RefreshToken
from app.identity.domain import DEVICE_LENGTH, SessionId
from app.identity.errors import RefreshTokenInvalid
from app.kernel.errors import NotSignedIn
from app.kernel.ids import new_id
from tests.clock import TurnableClock
from tests.unit.token_doubles import TokenHouse, open_token_house


@pytest.fixture
def house(clock: TurnableClock) -> TokenHouse:
    return open_token_house(clock)


async def is_alive(house: TokenHouse, refresh_token: str) -> bool:
    try:
        await house.refresh(refresh_token)
    except RefreshTokenInvalid:
        return False
    return True


async def test_only_hashes_are_stored(house: TokenHouse) -> None:
    access, refresh = await house.sign_in()
    refresh = await house.refresh(refresh)
    token = RefreshToken.read(refresh)
    assert token is not None

    session = house.session

    stored = repr([getattr(session, name) for name in session.__slots__])
    assert session.token_hash == sha256(token.secret).digest()
    assert not [raw for raw in (refresh, access, repr(token.secret)) if raw in stored]
    assert repr(session.token_hash) not in repr(session)


async def test_a_thief_of_the_hashes_cannot_refresh(house: TokenHouse) -> None:
    await house.sign_in()

    token = RefreshToken(house.session.id, house.session.token_hash)

    assert not await is_alive(house, token.text)


async def test_secrets_are_256_random_bits() -> None:
    id = SessionId(new_id())

    secrets = {RefreshToken.fresh(id).secret for _ in range(1000)}

    assert len(secrets) == 1000
    assert {len(secret) for secret in secrets} == {32}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "",
        lambda text: text + "=",
        lambda text: text + "\n",
        lambda text: text[3:],
        lambda text: text.replace("rt_", "RT_"),
        lambda text: text.replace(".", ""),
        lambda text: text.replace(".", ".."),
        lambda text: text.replace(".", "+"),
        lambda text: text[:-1] + "é",
        lambda text: text[:3] + "." + text[3:25] + text[26:],
        lambda text: text[:-1] + ("B" if text[-1] == "A" else "/"),
        lambda text: "rt_" + "A" * 21 + "B" + text[25:],
        lambda text: f"rt_{base64url(bytes(17))}.{base64url(bytes(31))}",
        lambda text: "x" * 1_000_000,
        lambda text: RefreshToken.fresh(SessionId(new_id())).text,
    ],
)
async def test_what_is_no_refresh_token_of_ours_is_refused(house: TokenHouse, spoil) -> None:  # type: ignore[no-untyped-def]
    _, refresh = await house.sign_in()

    with pytest.raises(RefreshTokenInvalid):
        await house.refresh(spoil(refresh))

    assert house.session.revoked_at is None


async def test_an_access_token_does_not_refresh_nor_a_refresh_token_authenticate(
    house: TokenHouse,
) -> None:
    access, refresh = await house.sign_in()

    with pytest.raises(RefreshTokenInvalid):
        await house.refresh(access)
    with pytest.raises(NotSignedIn):
        await house.tokens.authenticate(refresh)


async def test_the_device_is_kept_short_and_follows_the_client(house: TokenHouse) -> None:
    _, refresh = await house.sign_in("x" * 300)
    assert house.session.device == "x" * DEVICE_LENGTH

    refresh = await house.refresh(refresh, "newer")
    assert house.session.device == "newer"

    await house.refresh(refresh, "")
    assert house.session.device == "newer"


async def test_a_family_is_named_by_all_its_tokens_and_by_nothing_else(
    house: TokenHouse,
) -> None:
    access, refresh = await house.sign_in()
    later = await house.refresh(refresh)

    assert house.tokens.family(refresh) == house.tokens.family(later) == str(house.session.id)
    assert house.tokens.family(access) is None
    assert house.tokens.family("rt_" + base64url(bytes(16))) is None


async def test_a_shared_secret_has_no_public_half(house: TokenHouse) -> None:
    assert house.tokens.public_keys() is None
