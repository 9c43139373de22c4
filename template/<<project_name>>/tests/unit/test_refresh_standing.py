"""Access tokens after a sign-out: verified, and yet refused."""

import asyncio
from dataclasses import replace

import pytest

from app.kernel.errors import NotSignedIn, StoresUnavailable
from tests.clock import TurnableClock
from tests.unit.token_doubles import TokenHouse, open_token_house


@pytest.fixture
def house(clock: TurnableClock) -> TokenHouse:
    return open_token_house(clock)


async def test_a_logout_takes_effect_at_once_on_this_process(house: TokenHouse) -> None:
    access, _ = await house.sign_in()
    await house.tokens.authenticate(access)
    async with house.works.begin() as work:
        await work.sessions.save(house.session.revoke("logout", work.now))

    await house.tokens.forget(house.session.id)

    with pytest.raises(NotSignedIn):
        await house.tokens.authenticate(access)


async def test_a_logout_reaches_another_process_within_five_seconds(
    house: TokenHouse, clock: TurnableClock
) -> None:
    other = open_token_house(clock, works=house.works)
    access, _ = await house.sign_in()
    await other.tokens.authenticate(access)
    async with house.works.begin() as work:
        await work.sessions.save(house.session.revoke("logout", work.now))
    await house.tokens.forget(house.session.id)

    clock.advance(seconds=5)

    with pytest.raises(NotSignedIn):
        await other.tokens.authenticate(access)


async def test_ending_all_sessions_kills_tokens_of_an_older_version(house: TokenHouse) -> None:
    access, _ = await house.sign_in()
    house.change_user(lambda user: replace(user, token_version=2))

    with pytest.raises(NotSignedIn):
        await house.tokens.authenticate(access)


async def test_a_genuine_token_of_another_users_session_is_refused(
    house: TokenHouse, clock: TurnableClock
) -> None:
    access, _ = await house.sign_in()
    stranger = open_token_house(clock).user
    house.works.rows.users[stranger.id] = stranger
    house.works.rows.sessions[house.session.id] = replace(house.session, user_id=stranger.id)

    with pytest.raises(NotSignedIn):
        await house.tokens.authenticate(access)


async def test_five_hundred_requests_at_once_ask_the_database_once(house: TokenHouse) -> None:
    access, _ = await house.sign_in()

    await asyncio.gather(*(house.tokens.authenticate(access) for _ in range(500)))

    assert house.works.reads == 1


async def test_a_database_that_is_away_lets_nobody_in(house: TokenHouse) -> None:
    access, _ = await house.sign_in()
    house.works.read_failure = StoresUnavailable()

    with pytest.raises(StoresUnavailable):
        await house.tokens.authenticate(access)

    house.works.read_failure = None
    assert await house.tokens.authenticate(access)
