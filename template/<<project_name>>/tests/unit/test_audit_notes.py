"""Notes for the audit trail: never slow, never lost without being counted."""

import asyncio
import logging
from collections.abc import Callable

import pytest

from tests.unit.audit_doubles import MemoryAuditStore, sign_in, trail_on
from tests.unit.key_doubles import NOW


async def test_a_note_returns_at_once_and_is_written_later() -> None:
    store = MemoryAuditStore()
    trail = trail_on(store)
    await trail.start()

    trail.within(store, NOW).note(sign_in(1))
    written_at_once = len(store.rows)
    await _until(lambda: store.rows)

    assert written_at_once == 0
    assert store.rows[0].action == "identity.sign_in"
    await trail.stop()


async def test_notes_are_written_in_batches_and_in_order() -> None:
    store = MemoryAuditStore()
    trail = trail_on(store, batch_size=100)
    await trail.start()

    for number in range(250):
        trail.within(store, NOW).note(sign_in(number))
    await trail.stop()

    assert [row.details["number"] for row in store.rows] == [str(n) for n in range(250)]
    assert store.commits == 3


async def test_a_full_queue_drops_and_counts() -> None:
    store = MemoryAuditStore()
    trail = trail_on(store, queue_size=10)

    for number in range(25):
        trail.within(store, NOW).note(sign_in(number))

    assert (trail.waiting, trail.dropped) == (10, 15)


async def test_notes_survive_a_store_that_fails_for_a_while() -> None:
    store = MemoryAuditStore()
    trail = trail_on(store)
    store.go_away()
    await trail.start()
    for number in range(5):
        trail.within(store, NOW).note(sign_in(number))
    await _settle()

    store.come_back()
    await _until(lambda: len(store.rows) == 5)

    assert [row.details["number"] for row in store.rows] == ["0", "1", "2", "3", "4"]
    assert trail.dropped == 0
    await trail.stop()


async def test_the_writer_outlives_an_error_that_nobody_foresaw(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = MemoryAuditStore()
    store.failure = RuntimeError("13800138000")
    trail = trail_on(store)
    await trail.start()
    trail.within(store, NOW).note(sign_in(1))
    await _until(lambda: caplog.records)

    store.come_back()
    await _until(lambda: store.rows)

    assert caplog.messages[0] == "audit notes wait: RuntimeError"
    assert "13800138000" not in caplog.text
    await trail.stop()


async def test_stopping_writes_what_is_queued() -> None:
    store = MemoryAuditStore()
    trail = trail_on(store, linger_seconds=5)
    await trail.start()
    for number in range(3):
        trail.within(store, NOW).note(sign_in(number))

    async with asyncio.timeout(2):
        await trail.stop()

    assert len(store.rows) == 3
    assert (trail.waiting, trail.dropped) == (0, 0)


@pytest.mark.parametrize("how", ["refusing", "hanging"])
async def test_stopping_without_a_store_ends_in_time_and_counts_what_is_lost(
    how: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = MemoryAuditStore()
    store.is_stuck = how == "hanging"
    store.go_away()
    trail = trail_on(store, drain_seconds=0.05)
    await trail.start()
    for number in range(3):
        trail.within(store, NOW).note(sign_in(number))

    async with asyncio.timeout(2):
        await trail.stop()

    assert trail.dropped == 3
    assert caplog.records[-1].levelno == logging.ERROR
    assert caplog.messages[-1] == "audit notes dropped: 3"


async def test_a_trail_can_start_again() -> None:
    store = MemoryAuditStore()
    trail = trail_on(store)
    await trail.start()
    await trail.stop()

    await trail.start()
    trail.within(store, NOW).note(sign_in(1))
    await trail.stop()

    assert len(store.rows) == 1


async def test_notes_of_a_trail_that_never_started_are_counted() -> None:
    store = MemoryAuditStore()
    trail = trail_on(store)

    trail.within(store, NOW).note(sign_in(1))
    await trail.stop()

    assert trail.dropped == 1


async def _until(happened: Callable[[], object]) -> None:
    """Gives way until it has happened, for two seconds at most."""
    async with asyncio.timeout(2):
        while not happened():  # noqa: ASYNC110 - there is nothing to wait for but the writer's turn
            await asyncio.sleep(0)


async def _settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)
