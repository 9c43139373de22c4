"""An idempotency key is answered once a day, whatever becomes of the order meanwhile."""

import pytest

from app.identity.domain import User
from app.orders.domain import Order
from app.orders.ports import FirstAnswer
from tests.clock import TurnableClock
from tests.contract.stores import Stores

HASH = b"\x07" * 32


@pytest.fixture
async def alice(stores: Stores) -> User:
    return await stores.user("oAlice")


async def place(stores: Stores, user: User, key: str) -> Order:
    order = stores.new_order(user.id)
    async with stores.orders.begin() as work:
        assert await work.first_answers.get_for_update(user.id, key, work.now) is None
        await work.orders.add(order)
        await work.first_answers.keep(user.id, key, FirstAnswer(HASH, order), work.now)
    return order


async def find(stores: Stores, user: User, key: str) -> FirstAnswer | None:
    async with stores.orders.begin() as work:
        return await work.first_answers.get_for_update(user.id, key, work.now)


async def test_the_first_answer_is_given_again(stores: Stores, alice: User) -> None:
    order = await place(stores, alice, "key")

    assert await find(stores, alice, "key") == FirstAnswer(HASH, order)


async def test_it_is_the_order_as_it_was_placed(
    stores: Stores, alice: User, clock: TurnableClock
) -> None:
    order = await place(stores, alice, "key")
    clock.advance(seconds=9)
    async with stores.orders.begin() as work:
        await work.orders.save(order.cancel(work.now).delete(work.now))

    assert await find(stores, alice, "key") == FirstAnswer(HASH, order)


async def test_another_user_has_keys_of_their_own(stores: Stores, alice: User) -> None:
    await place(stores, alice, "key")

    assert await find(stores, await stores.user("oBob"), "key") is None


async def test_keys_differ_by_the_case_of_letters(stores: Stores, alice: User) -> None:
    await place(stores, alice, "key")

    assert await find(stores, alice, "KEY") is None


async def test_after_a_day_the_key_is_free_again(
    stores: Stores, alice: User, clock: TurnableClock
) -> None:
    await place(stores, alice, "key")
    clock.advance(days=1)

    second = await place(stores, alice, "key")

    assert await find(stores, alice, "key") == FirstAnswer(HASH, second)


async def test_a_key_whose_work_was_undone_was_never_answered(stores: Stores, alice: User) -> None:
    async def ask_and_fail() -> None:
        async with stores.orders.begin() as work:
            await work.first_answers.get_for_update(alice.id, "key", work.now)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await ask_and_fail()

    assert await find(stores, alice, "key") is None


async def test_a_key_that_was_asked_for_and_not_answered_has_no_answer(
    stores: Stores, alice: User
) -> None:
    await find(stores, alice, "key")

    assert await find(stores, alice, "key") is None
