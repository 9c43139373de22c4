"""What `Tokens` promises over real units of work, and what the web may rely on in every style."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from app.adapters.caching import open_store
from app.adapters.caching.policy import REVOCABLE
from app.adapters.caching.two_tier import TwoTierCache
from app.adapters.tokens import open_tokens
from app.adapters.tokens.jwt.tokens import RefreshToken
from app.identity.application import Sessions
from app.identity.domain import Grant, Standing, User
from app.identity.errors import RefreshTokenInvalid, UserDisabled
from app.identity.ports import SessionWork, Tokens
from app.kernel.errors import DatabaseBusy, NotFound, NotSignedIn
from app.kernel.ports import Works
from tests.clock import TurnableClock
from tests.contract.stores import Stores
from tests.unit.token_doubles import token_settings


@dataclass
class House:
    """Tokens in one style over a real database, with one user."""

    tokens: Tokens
    works: Works[SessionWork]
    user: User
    disable: Callable[[], Awaitable[None]]
    verbs: Sessions

    async def sign_in(self, device: str = "phone") -> Grant:
        async with self.works.begin() as work:
            return await self.tokens.issue(work, self.user, device)

    async def refresh(self, presented: str) -> str:
        grant, _ = await self.tokens.refresh(presented, "phone")
        assert grant.refresh_token is not None
        return grant.refresh_token


@pytest.fixture
async def house(stores: Stores, clock: TurnableClock) -> House:
    user = await stores.user()
    standings = TwoTierCache(open_store(clock), "standings", Standing, REVOCABLE, clock)
    tokens = open_tokens(token_settings(), stores.sessions, standings, clock)

    async def disable() -> None:
        async with stores.identity.begin() as work:
            await work.users.save(user.disable(work.now))

    return House(tokens, stores.sessions, user, disable, Sessions(stores.sessions, tokens))


async def is_out(house: House, access_token: str) -> bool:
    try:
        await house.tokens.authenticate(access_token)
    except NotSignedIn:
        return True
    return False


async def test_who_signed_in_is_recognised(house: House) -> None:
    grant = await house.sign_in()

    caller = await house.verbs.authenticate(grant.access_token)

    assert caller.user_id == house.user.id
    [session] = await house.verbs.alive(caller)
    assert session.id == caller.session_id


async def test_each_sign_in_starts_a_session_of_its_own(house: House) -> None:
    phone, tablet = await house.sign_in("phone"), await house.sign_in("tablet")

    callers = [await house.tokens.authenticate(g.access_token) for g in (phone, tablet)]

    assert callers[0].session_id != callers[1].session_id
    assert {s.device for s in await house.verbs.alive(callers[0])} == {"phone", "tablet"}


async def test_a_grant_of_a_work_that_was_undone_is_worthless(house: House) -> None:
    grants: list[Grant] = []

    async def sign_in_and_fail() -> None:
        async with house.works.begin() as work:
            grants.append(await house.tokens.issue(work, house.user, "phone"))
            raise NotFound

    with pytest.raises(NotFound):
        await sign_in_and_fail()

    [grant] = grants
    assert await is_out(house, grant.access_token)
    with pytest.raises(RefreshTokenInvalid):
        await house.refresh(grant.refresh_token or "")


async def test_signing_out_takes_effect_at_once(house: House) -> None:
    grant = await house.sign_in()
    caller = await house.tokens.authenticate(grant.access_token)

    await house.verbs.sign_out(caller)

    assert await is_out(house, grant.access_token)
    with pytest.raises(RefreshTokenInvalid):
        await house.refresh(grant.refresh_token or "")


async def test_signing_out_everywhere_ends_every_device(house: House) -> None:
    grants = [await house.sign_in() for _ in range(3)]
    callers = [await house.tokens.authenticate(grant.access_token) for grant in grants]

    await house.verbs.sign_out_everywhere(callers[0])

    assert [await is_out(house, grant.access_token) for grant in grants] == [True] * 3


async def test_one_device_can_be_ended_from_another(house: House) -> None:
    phone, tablet = await house.sign_in(), await house.sign_in()
    mine = await house.tokens.authenticate(phone.access_token)
    other = await house.tokens.authenticate(tablet.access_token)

    await house.verbs.end(mine, other.session_id)

    assert await is_out(house, tablet.access_token)
    assert not await is_out(house, phone.access_token)


async def test_a_disabled_user_is_out(house: House, clock: TurnableClock) -> None:
    grant = await house.sign_in()
    await house.disable()

    with pytest.raises(UserDisabled):
        await house.refresh(grant.refresh_token or "")
    clock.advance(seconds=5)
    assert await is_out(house, grant.access_token)


async def test_fifty_parallel_refreshes_leave_exactly_one_live_lineage(house: House) -> None:
    """A slow machine may tell some of them to come again later, which changes nothing."""
    grant = await house.sign_in()
    asked = (house.refresh(grant.refresh_token or "") for _ in range(50))

    answers = await asyncio.gather(*asked, return_exceptions=True)

    given = [answer for answer in answers if isinstance(answer, str)]
    assert len(set(given)) == len(given)
    assert {type(answer) for answer in answers} <= {str, DatabaseBusy}
    assert await how_many_are_current(house, given) == 1


async def how_many_are_current(house: House, tokens: list[str]) -> int:
    """Asked of the stored hash, since presenting a dead token would end the family."""
    read = [token for token in map(RefreshToken.read, tokens) if token is not None]
    async with house.works.begin() as work:
        session = await work.sessions.get_for_update(read[0].session_id)
    assert session is not None
    assert session.is_alive(session.last_seen_at)
    return sum(token.hash == session.token_hash for token in read)


async def test_fifty_parallel_refreshes_after_a_theft_bring_nobody_back(house: House) -> None:
    stolen = (await house.sign_in()).refresh_token or ""
    current = await house.refresh(await house.refresh(stolen))

    presented = [stolen, *[current] * 49]
    answers = await asyncio.gather(*map(house.refresh, presented), return_exceptions=True)

    assert any(isinstance(answer, RefreshTokenInvalid) for answer in answers)
    for token in [current, *(answer for answer in answers if isinstance(answer, str))]:
        with pytest.raises(RefreshTokenInvalid):
            await house.refresh(token)


async def test_theft_stays_revoked_although_it_is_refused(house: House) -> None:
    first = (await house.sign_in()).refresh_token or ""
    current = await house.refresh(await house.refresh(first))

    with pytest.raises(RefreshTokenInvalid):
        await house.refresh(first)

    with pytest.raises(RefreshTokenInvalid):
        await house.refresh(current)


async def test_refreshes_are_counted_by_family(house: House) -> None:
    grant = await house.sign_in()
    caller = await house.tokens.authenticate(grant.access_token)

    later = await house.refresh(grant.refresh_token or "")

    assert house.verbs.family_of(later) == house.verbs.family_of(grant.refresh_token or "")
    assert house.verbs.family_of(later) == str(caller.session_id)
    assert house.verbs.family_of("nonsense") is None


async def test_public_keys_are_a_key_set_or_nothing(house: House) -> None:
    published = house.verbs.public_keys()

    assert published is None or set(published) == {"keys"}
