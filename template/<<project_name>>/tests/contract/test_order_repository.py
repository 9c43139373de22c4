"""Orders come back as they were placed, to their user only, the newest first."""

import pytest

from app.identity.domain import User
from app.kernel.ids import new_id
from app.orders.domain import OrderId
from tests.clock import TurnableClock
from tests.contract.stores import Stores


@pytest.fixture
async def alice(stores: Stores) -> User:
    return await stores.user("oAlice")


async def test_an_order_comes_back_with_its_items_in_order(stores: Stores, alice: User) -> None:
    order = await stores.order(alice, "tea-2", "tea-1", "tea-3")

    async with stores.orders.read() as work:
        assert await work.orders.get(order.id, alice.id) == order


async def test_another_users_order_is_not_there(stores: Stores, alice: User) -> None:
    order = await stores.order(alice)
    bob = await stores.user("oBob")

    async with stores.orders.begin() as work:
        assert await work.orders.get(order.id, bob.id) is None
        assert await work.orders.get_for_update(order.id, bob.id) is None
        assert await work.orders.get_for_update(order.id, alice.id) == order
        assert await work.orders.get_for_update(order.id) == order


async def test_there_is_no_unknown_order(stores: Stores, alice: User) -> None:
    async with stores.orders.read() as work:
        assert await work.orders.get(OrderId(new_id()), alice.id) is None


async def test_a_saved_change_is_there(stores: Stores, alice: User, clock: TurnableClock) -> None:
    order = await stores.order(alice)
    clock.advance(seconds=1)
    cancelled = order.cancel(clock())

    async with stores.orders.begin() as work:
        await work.orders.save(cancelled)

    async with stores.orders.read() as work:
        assert await work.orders.get(order.id, alice.id) == cancelled


async def test_a_deleted_order_is_there_for_nobody(
    stores: Stores, alice: User, clock: TurnableClock
) -> None:
    order = await stores.order(alice)

    async with stores.orders.begin() as work:
        await work.orders.save(order.delete(clock()))

    async with stores.orders.begin() as work:
        assert await work.orders.get(order.id, alice.id) is None
        assert await work.orders.get_for_update(order.id) is None
        assert await work.orders.list(alice.id, None, None, 10) == []
        assert await work.orders.all_of(alice.id) == []


async def test_pages_run_from_the_newest_to_the_oldest(stores: Stores, alice: User) -> None:
    oldest, older, newest = [await stores.order(alice) for _ in range(3)]
    await stores.order(await stores.user("oBob"))

    async with stores.orders.read() as work:
        assert await work.orders.list(alice.id, None, None, 2) == [newest, older]
        assert await work.orders.list(alice.id, None, older.id, 2) == [oldest]
        assert await work.orders.all_of(alice.id) == [newest, older, oldest]


async def test_a_page_may_hold_one_status_only(
    stores: Stores, alice: User, clock: TurnableClock
) -> None:
    order = await stores.order(alice)
    await stores.order(alice)

    async with stores.orders.begin() as work:
        await work.orders.save(order.cancel(clock()))

    async with stores.orders.read() as work:
        found = await work.orders.list(alice.id, "cancelled", None, 10)
    assert [one.id for one in found] == [order.id]
