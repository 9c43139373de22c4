"""Users come back as they were stored, are found by what is sealed, and share nothing."""

from dataclasses import replace

import pytest

from app.identity.domain import User, UserId
from app.identity.errors import PhoneTaken
from app.kernel.errors import Conflict
from app.kernel.ids import new_id
from tests.clock import TurnableClock
from tests.contract.stores import APPID, Stores, account


async def test_a_user_comes_back_as_stored(stores: Stores) -> None:
    user = await stores.user("oAlice", phone="13800138000")

    async with stores.identity.read() as work:
        assert await work.users.get(user.id) == user


async def test_nobody_has_an_unknown_id(stores: Stores) -> None:
    async with stores.identity.begin() as work:
        assert await work.users.get_for_update(UserId(new_id())) is None


async def test_a_user_is_found_by_openid(stores: Stores) -> None:
    user = await stores.user("oAlice")
    await stores.user("oBob")

    async with stores.identity.begin() as work:
        assert await work.users.find_by_openid(APPID, "oAlice") == user


async def test_openids_differ_by_the_case_of_letters(stores: Stores) -> None:
    await stores.user("oAlice")

    async with stores.identity.begin() as work:
        assert await work.users.find_by_openid(APPID, "oalice") is None


async def test_the_same_openid_in_another_mini_program_is_another_user(
    stores: Stores, clock: TurnableClock
) -> None:
    await stores.user("oAlice")
    other = User.arrive(UserId(new_id()), account("oAlice", appid="wx2"), clock())

    async with stores.identity.begin() as work:
        await work.users.add(other)

    async with stores.identity.begin() as work:
        assert await work.users.find_by_openid("wx2", "oAlice") == other


async def test_a_wechat_account_has_one_user(stores: Stores) -> None:
    await stores.user("oAlice")

    with pytest.raises(Conflict):
        await stores.user("oAlice")


async def test_a_saved_change_is_there(stores: Stores, clock: TurnableClock) -> None:
    user = await stores.user("oAlice")
    clock.advance(seconds=1)
    described = user.describe("Alice", "https://example.org/a.png", clock()).disable(clock())

    async with stores.identity.begin() as work:
        await work.users.save(described)

    async with stores.identity.read() as work:
        assert await work.users.get(user.id) == described


async def test_saving_leaves_the_token_version_alone(stores: Stores) -> None:
    user = await stores.user()
    async with stores.sessions.begin() as sessions:
        await sessions.sessions.revoke_all(user.id, "logout_all", sessions.now)

    async with stores.identity.begin() as work:
        await work.users.save(user)

    async with stores.identity.read() as work:
        stored = await work.users.get(user.id)
    assert stored == replace(user, token_version=2)


async def test_a_phone_belongs_to_one_user(stores: Stores, clock: TurnableClock) -> None:
    await stores.user("oAlice", phone="13800138000")
    bob = await stores.user("oBob")

    with pytest.raises(PhoneTaken):
        async with stores.identity.begin() as work:
            await work.users.save(bob.bind_phone("13800138000", clock()))


async def test_a_user_may_bind_the_same_phone_again(stores: Stores, clock: TurnableClock) -> None:
    alice = await stores.user("oAlice", phone="13800138000")

    async with stores.identity.begin() as work:
        await work.users.save(alice.bind_phone("13800138000", clock()))

    async with stores.identity.read() as work:
        assert await work.users.get(alice.id) == alice


async def test_an_erased_user_keeps_the_id_and_frees_account_and_phone(
    stores: Stores, clock: TurnableClock
) -> None:
    alice = await stores.user("oAlice", phone="13800138000")

    erased, _ = alice.erase(clock())

    async with stores.identity.begin() as work:
        await work.users.save(erased)

    returned = await stores.user("oAlice", phone="13800138000")
    async with stores.identity.read() as work:
        assert await work.users.get(alice.id) == erased
        assert await work.users.list(None, 10) == [returned]


async def test_users_are_listed_oldest_first_page_by_page(stores: Stores) -> None:
    users = [await stores.user(f"o{number}") for number in range(3)]

    async with stores.identity.read() as work:
        assert await work.users.list(None, 2) == users[:2]
        assert await work.users.list(users[1].id, 2) == users[2:]
