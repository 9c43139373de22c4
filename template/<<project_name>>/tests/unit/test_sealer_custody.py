"""Keys come from the key service bound to their purpose, and never before that is audited."""

import asyncio
from dataclasses import replace

import pytest

from app.kernel.errors import AuditUnavailable, KeyServiceUnavailable
from tests.unit.key_doubles import FarKeyService, MemoryKeyStore, Process


async def test_each_call_to_the_key_service_carries_what_the_key_is_for() -> None:
    process = Process(context="shop")

    await process.encryption.ready()

    expected = [{"context": "shop", "purpose": of, "key": "1"} for of in ("data", "index")]
    assert process.service.wraps == expected
    assert process.service.unwraps == expected


async def test_a_wrapped_key_moved_to_another_purpose_is_refused() -> None:
    process = Process()
    await process.encryption.ready()
    data, index = process.store.keys["data", 1], process.store.keys["index", 1]
    process.store.keys["index", 1] = replace(index, wrapped=data.wrapped)

    with pytest.raises(KeyServiceUnavailable):
        await Process(process.store).encryption.ready()


async def test_wrapped_keys_moved_to_another_environment_are_refused() -> None:
    staging = Process(context="staging")
    await staging.encryption.ready()

    with pytest.raises(KeyServiceUnavailable):
        await Process(staging.store, context="production").encryption.ready()


async def test_each_use_of_the_key_service_is_audited() -> None:
    process = Process()

    await process.encryption.ready()

    told = [(entry.action, entry.outcome, entry.details) for entry in process.ledger.entries]
    assert told == [
        (f"encryption.{call}", "done", {"purpose": of, "key": "1", "wrapped_by": "k1"})
        for call in ("wrap", "unwrap")
        for of in ("data", "index")
    ]


async def test_a_refusal_of_the_key_service_is_audited() -> None:
    process = Process()
    await process.encryption.ready()
    process.service.is_away = True
    process.clock.advance(seconds=900)

    with pytest.raises(KeyServiceUnavailable):
        await process.encryption.ready()

    last = process.ledger.entries[-1]
    assert (last.action, last.outcome, last.details["key"]) == ("encryption.unwrap", "refused", "1")


async def test_no_key_is_released_before_its_use_is_audited() -> None:
    process = Process()
    process.ledger.open.clear()

    waiting = asyncio.create_task(process.encryption.ready())
    await _settle()
    was_released = waiting.done() or bool(process.store.keys)
    process.ledger.open.set()
    await waiting

    assert not was_released


async def test_without_the_audit_trail_no_key_is_released() -> None:
    store = MemoryKeyStore()
    await Process(store).encryption.ready()
    process = Process(store)
    process.ledger.is_away = True

    with pytest.raises(AuditUnavailable):
        await process.encryption.ready()

    process.ledger.is_away = False
    assert await process.encryption.ready()


async def test_a_new_key_whose_making_was_not_audited_is_not_kept() -> None:
    process = Process()
    process.ledger.is_away = True

    with pytest.raises(AuditUnavailable):
        await process.encryption.ready()

    assert process.store.keys == {}


async def test_a_key_service_that_knows_another_key_opens_nothing() -> None:
    process = Process()
    await process.encryption.ready()
    stranger = FarKeyService({"k9": bytes(range(50, 82))})

    with pytest.raises(KeyServiceUnavailable):
        await Process(process.store, stranger).encryption.ready()


async def _settle() -> None:
    """Lets every task go on until it waits for something from outside."""
    for _ in range(50):
        await asyncio.sleep(0)
