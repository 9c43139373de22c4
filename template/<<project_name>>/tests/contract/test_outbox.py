"""An event leaves when, and only when, its work is committed; once each, in order per subject."""

import asyncio
from datetime import timedelta

import pytest

from app.adapters.events.relay import OutboxRelay
from app.adapters.persistence import open_database
from app.adapters.persistence.database import Database
from app.adapters.persistence.events import Deliveries, Delivery
from app.adapters.persistence.settings import DatabaseSettings
from app.kernel.events import Event
from app.kernel.ids import new_id
from tests.clock import TurnableClock
from tests.contract.stores import Stores

NAME = "orders.confirmed"


class Listener:
    """Hears events; fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.heard: list[Event] = []
        self.failures = failures
        self.has_heard = asyncio.Event()

    async def __call__(self, event: Event) -> None:
        if self.failures:
            self.failures -= 1
            raise RuntimeError("not now")
        self.heard.append(event)
        self.has_heard.set()


async def heard_within(listener: Listener, seconds: float) -> None:
    async with asyncio.timeout(seconds):
        await listener.has_heard.wait()


async def test_a_committed_event_is_delivered_as_it_was_published(stores: Stores) -> None:
    event, listener = stores.event(), Listener()
    await stores.publish(event)

    delivered = await OutboxRelay(stores.database, {NAME: [listener]}, stores.clock).drain()

    assert (delivered, listener.heard) == (1, [event])


async def test_an_event_of_undone_work_never_leaves(stores: Stores) -> None:
    listener = Listener()

    async def publish_and_fail() -> None:
        async with stores.orders.begin() as work:
            await work.outbox.publish(stores.event())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await publish_and_fail()

    assert await OutboxRelay(stores.database, {NAME: [listener]}, stores.clock).drain() == 0


async def test_a_delivered_event_does_not_come_again(stores: Stores, clock: TurnableClock) -> None:
    await stores.publish(stores.event())
    relay = OutboxRelay(stores.database, {NAME: [Listener()]}, clock)

    first = await relay.drain()
    clock.advance(days=1)

    assert (first, await relay.drain()) == (1, 0)


async def test_every_subscriber_hears_it_and_others_do_not(stores: Stores) -> None:
    first, second, other = Listener(), Listener(), Listener()
    await stores.publish(stores.event())

    subscribers = {NAME: [first, second], "orders.cancelled": [other]}
    await OutboxRelay(stores.database, subscribers, stores.clock).drain()

    assert [len(one.heard) for one in (first, second, other)] == [1, 1, 0]


async def test_an_event_that_nobody_hears_is_settled(stores: Stores) -> None:
    await stores.publish(stores.event(name="nobody.listens"))

    assert await OutboxRelay(stores.database, {}, stores.clock).drain() == 1


async def test_what_a_subscriber_publishes_leaves_in_the_same_go(stores: Stores) -> None:
    last = Listener()

    async def answer(event: Event) -> None:
        await stores.publish(stores.event(event.subject, "inventory.fell_short"))

    await stores.publish(stores.event())
    subscribers = {NAME: [answer], "inventory.fell_short": [last]}

    assert await OutboxRelay(stores.database, subscribers, stores.clock).drain() == 2
    assert len(last.heard) == 1


async def test_an_event_that_failed_comes_again_after_a_while(
    stores: Stores, clock: TurnableClock
) -> None:
    listener = Listener(failures=1)
    await stores.publish(stores.event())
    relay = OutboxRelay(stores.database, {NAME: [listener]}, clock)

    first, at_once = await relay.drain(), await relay.drain()
    clock.advance(seconds=1)

    assert (first, at_once, await relay.drain()) == (0, 0, 1)


async def test_a_failed_event_holds_up_its_own_subject_only(
    stores: Stores, clock: TurnableClock
) -> None:
    listener, subject = Listener(failures=1), new_id()
    first, second, other = stores.event(subject), stores.event(subject), stores.event()
    await stores.publish(first, second, other)
    relay = OutboxRelay(stores.database, {NAME: [listener]}, clock)

    await relay.drain()
    assert listener.heard == [other]
    clock.advance(seconds=1)
    await relay.drain()

    assert listener.heard == [other, first, second]


async def test_an_event_that_hangs_comes_again(
    stores: Stores, clock: TurnableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.adapters.events.relay.DELIVERY_SECONDS", 0.01)

    async def hang(_: Event) -> None:
        await asyncio.Event().wait()

    await stores.publish(stores.event())

    assert await OutboxRelay(stores.database, {NAME: [hang]}, clock).drain() == 0


async def test_two_relays_at_once_deliver_each_event_once(
    stores: Stores, database_settings: DatabaseSettings, clock: TurnableClock
) -> None:
    events = [stores.event() for _ in range(20)]
    await stores.publish(*events)
    other, listener = open_database(database_settings), Listener()
    relays = [OutboxRelay(one, {NAME: [listener]}, clock) for one in (stores.database, other)]

    delivered = await asyncio.gather(*(relay.drain() for relay in relays))

    await other.close()
    assert sum(delivered) == 20
    assert sorted(event.id for event in listener.heard) == [event.id for event in events]


async def test_a_taken_event_of_a_relay_that_died_comes_again(
    stores: Stores, clock: TurnableClock
) -> None:
    listener = Listener()
    await stores.publish(stores.event())
    async with stores.database.writing() as connection:
        now = clock()
        taken = await Deliveries(connection).take(now, now + timedelta(seconds=15))
    relay = OutboxRelay(stores.database, {NAME: [listener]}, clock)

    at_once = await relay.drain()
    clock.advance(seconds=15)

    assert isinstance(taken, Delivery)
    assert (at_once, await relay.drain()) == (0, 1)


async def test_an_event_of_this_process_leaves_at_once(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.adapters.events.relay.POLL_SECONDS", 60)
    listener = Listener()
    relay = OutboxRelay(stores.database, {NAME: [listener]}, stores.clock)
    await relay.start()
    await asyncio.sleep(0.05)

    await stores.publish(stores.event())

    await heard_within(listener, 1)
    await relay.stop()


async def test_an_event_of_another_process_is_found(
    stores: Stores, database_settings: DatabaseSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.adapters.events.relay.POLL_SECONDS", 0.02)
    listener, other = Listener(), open_database(database_settings)
    relay = OutboxRelay(other, {NAME: [listener]}, stores.clock)
    await relay.start()

    await stores.publish(stores.event())

    await heard_within(listener, 1)
    await relay.stop()
    await other.close()


async def test_stopping_delivers_what_is_due(stores: Stores) -> None:
    listener = Listener()
    await stores.publish(*(stores.event() for _ in range(5)))
    relay = OutboxRelay(stores.database, {NAME: [listener]}, stores.clock)

    await relay.start()
    await relay.stop()

    assert len(listener.heard) == 5


async def test_stopping_does_not_wait_for_ever(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.adapters.events.relay.STOP_SECONDS", 0.05)

    async def hang(_: Event) -> None:
        await asyncio.Event().wait()

    await stores.publish(stores.event())
    relay = OutboxRelay(stores.database, {NAME: [hang]}, stores.clock)
    await relay.start()

    async with asyncio.timeout(2):
        await relay.stop()


async def test_a_relay_that_never_started_can_be_stopped(stores: Stores) -> None:
    await OutboxRelay(stores.database, {}, stores.clock).stop()


async def test_delivered_events_go_after_a_week_and_waiting_ones_stay(
    stores: Stores, database: Database, clock: TurnableClock
) -> None:
    old, waiting = stores.event(), stores.event(name="orders.stuck")
    await stores.publish(old, waiting)
    async with stores.inventory.begin() as work:
        for event in (old, waiting):
            await work.inbox.is_first("inventory", event.id, work.now)
    stuck = Listener(failures=99)
    relay = OutboxRelay(database, {"orders.stuck": [stuck]}, clock)
    await relay.drain()
    clock.advance(days=8)

    await relay.start()
    await relay.stop()

    assert await _count(database, "outbox") == 1
    assert await _count(database, "inbox") == 1


async def _count(database: Database, table: str) -> int:
    async with database.reading() as connection:
        found = await connection.exec_driver_sql(f"SELECT count(*) FROM {table}")  # noqa: S608
        return int(found.scalar_one())
