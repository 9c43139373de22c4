"""Staying signed in with refresh tokens, until a family ends."""

import pytest

from app.adapters.tokens.jwt.tokens import RefreshToken
from app.identity.errors import RefreshTokenInvalid, UserDisabled
from app.kernel.errors import NotSignedIn
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


async def test_a_refresh_gives_a_new_pair(house: TokenHouse) -> None:
    access, refresh = await house.sign_in()

    grant, user_id = await house.tokens.refresh(refresh, "phone")

    assert user_id == house.user.id
    assert grant.access_token != access
    assert grant.refresh_token != refresh
    assert (grant.expires_in, grant.refresh_expires_in) == (600, 30 * 86_400)
    assert (await house.tokens.authenticate(grant.access_token)).user_id == house.user.id


async def test_a_family_ends_absolutely(house: TokenHouse, clock: TurnableClock) -> None:
    access, refresh = await house.sign_in()
    for _ in range(4):
        clock.advance(days=20)
        grant, _ = await house.tokens.refresh(refresh, "phone")
        refresh = grant.refresh_token or ""
        access = grant.access_token
    assert grant.refresh_expires_in == 10 * 86_400

    clock.advance(days=10)

    assert not await is_alive(house, refresh)
    with pytest.raises(NotSignedIn):
        await house.tokens.authenticate(access)


async def test_a_family_that_nobody_uses_ends(house: TokenHouse, clock: TurnableClock) -> None:
    _, refresh = await house.sign_in()

    clock.advance(days=30)

    assert not await is_alive(house, refresh)


async def test_an_access_token_does_not_outlive_its_family(clock: TurnableClock) -> None:
    house = open_token_house(clock, refresh_idle_seconds=3600, refresh_absolute_seconds=3600)
    _, refresh = await house.sign_in()
    clock.advance(seconds=3599)
    grant, _ = await house.tokens.refresh(refresh, "phone")
    await house.tokens.authenticate(grant.access_token)

    clock.advance(seconds=1)

    with pytest.raises(NotSignedIn):
        await house.tokens.authenticate(grant.access_token)


async def test_a_disabled_user_is_told_so(house: TokenHouse) -> None:
    access, refresh = await house.sign_in()
    house.change_user(lambda user: user.disable(user.updated_at))
    async with house.works.begin() as work:
        ended = await work.sessions.revoke_all(house.user.id, "disabled", work.now)
    await house.tokens.forget(*ended)

    with pytest.raises(UserDisabled):
        await house.refresh(refresh)
    with pytest.raises(NotSignedIn):
        await house.tokens.authenticate(access)


async def test_a_user_who_was_disabled_behind_our_back_is_told_so(house: TokenHouse) -> None:
    _, refresh = await house.sign_in()
    house.change_user(lambda user: user.disable(user.updated_at))

    with pytest.raises(UserDisabled):
        await house.refresh(refresh)

    assert house.session.previous_hash is None


async def test_an_enabled_user_has_to_sign_in_again(house: TokenHouse) -> None:
    _, refresh = await house.sign_in()
    async with house.works.begin() as work:
        await work.sessions.revoke_all(house.user.id, "disabled", work.now)

    with pytest.raises(RefreshTokenInvalid):
        await house.refresh(refresh)


async def test_only_who_holds_the_token_learns_that_its_user_is_disabled(
    house: TokenHouse,
) -> None:
    await house.sign_in()
    house.change_user(lambda user: user.disable(user.updated_at))
    async with house.works.begin() as work:
        await work.sessions.revoke_all(house.user.id, "disabled", work.now)

    with pytest.raises(RefreshTokenInvalid):
        await house.refresh(RefreshToken.fresh(house.session.id).text)
