"""Changing keys: nothing becomes unreadable, and an operator sees how far it is."""

from uuid import UUID

import pytest

from app.adapters.encryption.data_keys import Custody
from app.adapters.encryption.rotation import key_status, rewrap
from app.adapters.encryption.sealer import Place
from app.kernel.errors import KeyServiceUnavailable
from tests.unit.key_doubles import K1, K2, FarKeyService, Process

HERE = Place("users", "phone", UUID("01980000-0000-7000-8000-000000000001"))
PHONE = "13800138000"


def custody(process: Process) -> Custody:
    return Custody(process.service, process.ledger, "test")


async def counted() -> dict[int, int]:
    return {1: 7}


async def test_after_rewrapping_the_old_key_encryption_key_can_go() -> None:
    first = Process()
    sealed = (await first.encryption.ready()).seal(PHONE, HERE)
    both = Process(first.store, FarKeyService({"k2": K2, "k1": K1}))

    changed = await rewrap(custody(both), both.store)

    alone = Process(first.store, FarKeyService({"k2": K2}))
    assert changed == 2
    assert (await alone.encryption.ready()).open(sealed, HERE) == PHONE


async def test_rewrapping_twice_changes_nothing_the_second_time() -> None:
    process = Process()
    await process.encryption.ready()

    assert await rewrap(custody(process), process.store) == 0


async def test_rewrapping_is_audited() -> None:
    first = Process()
    await first.encryption.ready()
    both = Process(first.store, FarKeyService({"k2": K2, "k1": K1}))

    await rewrap(custody(both), both.store)

    told = [(entry.action, entry.details["wrapped_by"]) for entry in both.ledger.entries]
    assert told == [("encryption.unwrap", "k1"), ("encryption.wrap", "k2")] * 2


async def test_the_status_says_what_lies_under_which_key() -> None:
    process = Process()
    await process.encryption.ready()

    data, index = await key_status(process.service, process.store, counted, process.clock())

    assert (data.purpose, data.id, data.state, data.wrapped_by) == ("data", 1, "active", "k1")
    assert data.sealed_values == 7
    assert data.is_wrapped_by_active
    assert index.sealed_values is None


async def test_the_status_shows_a_key_that_is_still_wrapped_by_an_old_one() -> None:
    process = Process()
    await process.encryption.ready()
    newer = FarKeyService({"k2": K2, "k1": K1})

    statuses = await key_status(newer, process.store, counted, process.clock())

    assert [status.is_wrapped_by_active for status in statuses] == [False, False]


async def test_the_status_needs_the_key_service_but_unwraps_nothing() -> None:
    process = Process()
    await process.encryption.ready()
    unwraps = len(process.service.unwraps)

    await key_status(process.service, process.store, counted, process.clock())
    process.service.is_away = True

    assert len(process.service.unwraps) == unwraps
    with pytest.raises(KeyServiceUnavailable):
        await key_status(process.service, process.store, counted, process.clock())
