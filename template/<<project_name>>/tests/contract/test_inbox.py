"""An event is acted on once by each consumer."""

import pytest

from app.kernel.ids import new_id
from tests.contract.stores import Stores


async def test_an_event_is_first_once_per_consumer(stores: Stores) -> None:
    event_id = new_id()

    async with stores.inventory.begin() as work:
        seen = [
            await work.inbox.is_first(consumer, event_id, work.now)
            for consumer in ("inventory", "inventory", "mailer")
        ]

    assert seen == [True, False, True]


async def test_an_event_of_undone_work_comes_first_again(stores: Stores) -> None:
    event_id = new_id()

    async def act_and_fail() -> None:
        async with stores.inventory.begin() as work:
            await work.inbox.is_first("inventory", event_id, work.now)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await act_and_fail()

    async with stores.inventory.begin() as work:
        assert await work.inbox.is_first("inventory", event_id, work.now)
