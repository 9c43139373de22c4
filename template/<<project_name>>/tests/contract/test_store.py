"""What every store promises, whichever was chosen."""

import asyncio

import pytest

from app.adapters.caching import open_store
from app.adapters.caching.memory import MemoryStore
from app.adapters.caching.ports import Store
from tests.clock import TurnableClock


@pytest.fixture
def store(clock: TurnableClock) -> Store:
    return open_store(clock)


async def test_what_was_set_is_there_until_its_time_is_up(
    store: Store, clock: TurnableClock
) -> None:
    await store.set("a", b"1", 10)

    clock.advance(seconds=9.9)
    assert await store.get("a") == [b"1"]
    clock.advance(seconds=0.1)
    assert await store.get("a") == [None]


async def test_several_keys_are_answered_in_order(store: Store) -> None:
    await store.set("a", b"1", 10)
    await store.set("c", b"", 10)

    assert await store.get("c", "b", "a") == [b"", None, b"1"]


async def test_the_last_value_and_its_time_win(store: Store, clock: TurnableClock) -> None:
    await store.set("a", b"1", 100)
    await store.set("a", b"2", 10)

    assert await store.get("a") == [b"2"]
    clock.advance(seconds=10)
    assert await store.get("a") == [None]


async def test_what_was_deleted_is_gone(store: Store) -> None:
    await store.set("a", b"1", 10)
    await store.set("b", b"2", 10)

    await store.delete("a", "never there")

    assert await store.get("a", "b") == [None, b"2"]


async def test_no_two_increments_get_the_same_count(store: Store) -> None:
    answers = await asyncio.gather(*(store.increment("a", 60) for _ in range(100)))

    assert sorted(count for count, _ in answers) == list(range(1, 101))


async def test_a_window_opens_with_its_first_increment_and_does_not_slide(
    store: Store, clock: TurnableClock
) -> None:
    assert await store.increment("a", 60) == (1, 60)
    clock.advance(seconds=59.5)
    assert await store.increment("a", 60) == (2, 1)

    clock.advance(seconds=0.5)

    assert await store.increment("a", 60) == (1, 60)


async def test_counters_and_values_do_not_meet(store: Store) -> None:
    await store.set("a", b"1", 10)

    assert await store.increment("a", 60) == (1, 60)
    assert await store.get("a") == [b"1"]


async def test_a_clock_that_was_put_back_keeps_nobody_waiting_for_more_than_a_window(
    clock: TurnableClock,
) -> None:
    store = MemoryStore(clock, 10)
    await store.increment("a", 60)

    clock.advance(seconds=-3600)

    assert await store.increment("a", 60) == (1, 60)


async def test_memory_is_bounded_and_the_least_used_leave_first(clock: TurnableClock) -> None:
    store = MemoryStore(clock, 2)
    await store.set("a", b"1", 10)
    await store.set("b", b"2", 10)
    await store.get("a")

    await store.set("c", b"3", 10)

    assert await store.get("a", "b", "c") == [b"1", None, b"3"]


async def test_a_flood_of_values_resets_no_counter(clock: TurnableClock) -> None:
    store = MemoryStore(clock, 10)
    await store.increment("somebody", 60)

    for number in range(100):
        await store.set(str(number), b"", 10)

    assert await store.increment("somebody", 60) == (2, 60)


async def test_counters_are_bounded(clock: TurnableClock) -> None:
    store = MemoryStore(clock, 10)

    for number in range(100):
        await store.increment(str(number), 60)

    assert len(store._counters) == 10


async def test_memory_says_that_no_other_process_sees_it(clock: TurnableClock) -> None:
    assert not MemoryStore(clock, 10).is_shared
