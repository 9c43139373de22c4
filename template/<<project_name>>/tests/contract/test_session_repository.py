"""Sessions come back as they were stored; who may use them is said by the database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.identity.domain import SessionId, Standing, User, UserId
from app.kernel.ids import new_id
from tests.clock import TurnableClock
from tests.contract.stores import Stores


@pytest.fixture
async def alice(stores: Stores) -> User:
    return await stores.user("oAlice")


async def test_a_session_comes_back_as_stored(stores: Stores, alice: User) -> None:
    session = await stores.session(alice)

    async with stores.sessions.begin() as work:
        assert await work.sessions.get_for_update(session.id) == session


async def test_there_is_no_unknown_session(stores: Stores) -> None:
    async with stores.sessions.begin() as work:
        assert await work.sessions.get_for_update(SessionId(new_id())) is None


async def test_a_saved_rotation_is_there(stores: Stores, alice: User, clock: TurnableClock) -> None:
    session = await stores.session(alice)
    clock.advance(seconds=5)
    rotated, _ = session.rotate(
        bytes(32), b"\x01" * 32, clock(), grace=timedelta(seconds=30), idle=timedelta(days=1)
    )

    async with stores.sessions.begin() as work:
        await work.sessions.save(rotated)

    async with stores.sessions.begin() as work:
        assert await work.sessions.get_for_update(session.id) == rotated


async def test_the_newest_session_is_listed_first_and_ended_ones_are_not(
    stores: Stores, alice: User, clock: TurnableClock
) -> None:
    first = await stores.session(alice)
    await stores.session(alice, alive_for=timedelta(seconds=1))
    revoked = await stores.session(alice)
    clock.advance(seconds=1)
    last = await stores.session(alice)
    await stores.session(await stores.user("oBob"))

    async with stores.sessions.begin() as work:
        await work.sessions.save(revoked.revoke("logout", work.now))
        assert await work.sessions.alive(alice.id, work.now) == [last, first]


async def test_a_standing_says_until_when(stores: Stores, alice: User) -> None:
    session = await stores.session(alice)

    async with stores.sessions.read() as work:
        standing = await work.sessions.standing(session.id, work.now)

    assert standing == Standing(alice.id, 1, session.expires_at)


async def test_a_standing_never_outlives_the_family(stores: Stores, alice: User) -> None:
    session = await stores.session(alice, alive_for=timedelta(days=60))

    async with stores.sessions.read() as work:
        standing = await work.sessions.standing(session.id, work.now)

    assert standing is not None
    assert standing.expires_at == session.absolute_expires_at


@pytest.mark.parametrize("end", ["time", "revoked", "disabled", "erased"])
async def test_what_is_over_has_no_standing(
    stores: Stores, alice: User, clock: TurnableClock, end: str
) -> None:
    session = await stores.session(alice)
    now = clock()
    async with stores.identity.begin() as work:
        if end == "revoked":
            await work.sessions.save(session.revoke("logout", now))
        elif end == "disabled":
            await work.users.save(alice.disable(now))
        elif end == "erased":
            await work.users.save(alice.erase(now)[0])
    if end == "time":
        clock.advance(days=7)

    async with stores.sessions.read() as work:
        assert await work.sessions.standing(session.id, work.now) is None


async def test_ending_all_sessions_raises_the_token_version(stores: Stores, alice: User) -> None:
    kept = await stores.session(await stores.user("oBob"))
    ended = [(await stores.session(alice)).id for _ in range(2)]

    async with stores.sessions.begin() as work:
        told = await work.sessions.revoke_all(alice.id, "logout_all", work.now)

    async with stores.identity.read() as after:
        stored = await after.users.get(alice.id)
        assert await after.sessions.alive(alice.id, after.now) == []
        assert await after.sessions.standing(kept.id, after.now) is not None
    assert sorted(told) == sorted(ended)
    assert stored == replace(alice, token_version=2)


async def test_who_is_switched_off_is_said(
    stores: Stores, alice: User, clock: TurnableClock
) -> None:
    bob = await stores.user("oBob")
    async with stores.identity.begin() as work:
        await work.users.save(alice.disable(clock()))

    async with stores.sessions.read() as after:
        said = [await after.sessions.is_disabled(id) for id in (alice.id, bob.id, UserId(new_id()))]
    assert said == [True, False, False]


async def test_erasure_leaves_no_session_row(stores: Stores, alice: User) -> None:
    session = await stores.session(alice)
    over = await stores.session(alice, alive_for=timedelta(0))

    async with stores.sessions.begin() as work:
        told = await work.sessions.delete_all(alice.id)

    async with stores.sessions.begin() as work:
        assert await work.sessions.get_for_update(session.id) is None
    assert sorted(told) == sorted([session.id, over.id])


async def test_sessions_that_ended_absolutely_make_room_for_a_new_one(
    stores: Stores, alice: User, clock: TurnableClock
) -> None:
    old = await stores.session(alice)
    clock.advance(days=31)

    await stores.session(alice)

    async with stores.sessions.begin() as work:
        assert await work.sessions.get_for_update(old.id) is None
