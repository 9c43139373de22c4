"""Getting ready to seal: keys are made once, unwrapped once, and kept for a while."""

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest

from app.adapters.encryption.sealer import Place
from app.kernel.errors import KeyServiceUnavailable
from tests.unit.key_doubles import MemoryKeyStore, Process

HERE = Place("users", "phone", UUID("01980000-0000-7000-8000-000000000001"))
PHONE = "13800138000"


async def test_the_first_use_makes_one_data_key_and_another_index_key() -> None:
    process = Process()

    ready = await process.encryption.ready()

    assert list(process.store.keys) == [("data", 1), ("index", 1)]
    assert ready._data_keys.by_id[1] != ready._index_keys.by_id[1]
    assert ready.open(ready.seal(PHONE, HERE), HERE) == PHONE


async def test_keys_are_stored_wrapped_only() -> None:
    process = Process()

    ready = await process.encryption.ready()

    secrets = {ready._data_keys.by_id[1], ready._index_keys.by_id[1]}
    stored = b"".join(key.wrapped.data for key in process.store.keys.values())
    assert not [secret for secret in secrets if secret in stored]
    assert "data=" not in repr(list(process.store.keys.values()))


async def test_processes_that_start_at_once_share_the_first_keys() -> None:
    store = MemoryKeyStore()
    processes = [Process(store) for _ in range(5)]

    sealers = await asyncio.gather(*(process.encryption.ready() for process in processes))

    sealed = sealers[0].seal(PHONE, HERE)
    assert sum(len(process.service.wraps) for process in processes) > 2
    assert {sealer.open(sealed, HERE) for sealer in sealers} == {PHONE}
    assert len({sealer.index(PHONE, "users", "phone") for sealer in sealers}) == 1


async def test_five_hundred_cold_callers_unwrap_each_key_once() -> None:
    process = Process()

    sealers = await asyncio.gather(*(process.encryption.ready() for _ in range(500)))

    assert len(process.service.unwraps) == 2
    assert len(set(map(id, sealers))) == 1


async def test_a_restarted_process_makes_no_new_keys() -> None:
    store = MemoryKeyStore()
    sealed = (await Process(store).encryption.ready()).seal(PHONE, HERE)

    restarted = Process(store)

    assert (await restarted.encryption.ready()).open(sealed, HERE) == PHONE
    assert restarted.service.wraps == []


async def test_keys_serve_for_a_quarter_of_an_hour_while_the_key_service_is_away() -> None:
    process = Process()
    ready = await process.encryption.ready()
    process.service.is_away = True

    process.clock.advance(seconds=899)
    still = await process.encryption.ready()
    process.clock.advance(seconds=1)

    assert still is ready
    with pytest.raises(KeyServiceUnavailable):
        await process.encryption.ready()


async def test_the_key_service_is_asked_again_once_it_is_back() -> None:
    process = Process()
    process.service.is_away = True
    with pytest.raises(KeyServiceUnavailable):
        await process.encryption.ready()

    process.service.is_away = False

    assert (await process.encryption.ready()).seal(PHONE, HERE)


async def test_keys_are_unwrapped_again_when_their_time_is_up() -> None:
    process = Process()
    await process.encryption.ready()

    process.clock.advance(seconds=900)
    await process.encryption.ready()

    assert len(process.service.unwraps) == 4


async def test_a_clock_that_jumps_back_does_not_make_keys_serve_longer() -> None:
    process = Process()
    await process.encryption.ready()

    process.clock.advance(seconds=-3600)
    await process.encryption.ready()

    assert len(process.service.unwraps) == 4


async def test_an_outage_is_asked_about_once_for_all_who_wait() -> None:
    process = Process()
    process.service.is_away = True

    answers = await asyncio.gather(
        *(process.encryption.ready() for _ in range(100)), return_exceptions=True
    )

    assert {type(answer) for answer in answers} == {KeyServiceUnavailable}
    assert len(process.service.wraps) == 1


async def test_a_caller_who_leaves_takes_nothing_from_the_others() -> None:
    process = Process()
    leaving, staying = (asyncio.create_task(process.encryption.ready()) for _ in range(2))
    await asyncio.sleep(0)

    leaving.cancel()

    assert await staying
    assert leaving.cancelled()


async def test_a_key_whose_time_has_not_come_opens_but_does_not_seal() -> None:
    process = Process()
    now = process.clock()
    first = await process.encryption.ready()
    secret = first._data_keys.by_id[1]
    context = {"context": "test", "purpose": "data", "key": "2"}
    wrapped = await process.service.wrap(secret, context)
    key = replace(
        process.store.keys["data", 1],
        id=2,
        wrapped=wrapped,
        active_at=now.replace(hour=1),
    )
    await process.store.add(key)

    before = await Process(process.store).encryption.ready()
    late = Process(process.store)
    late.clock.advance(seconds=3600)
    after = await late.encryption.ready()

    assert before.seal(PHONE, HERE).key_id == 1
    assert after.seal(PHONE, HERE).key_id == 2
    assert before.open(after.seal(PHONE, HERE), HERE) == PHONE


async def test_a_process_whose_clock_is_behind_seals_with_the_first_key() -> None:
    ahead = Process()
    await ahead.encryption.ready()
    behind = Process(ahead.store)
    behind.clock.advance(seconds=-5)

    ready = await behind.encryption.ready()

    assert ready.seal(PHONE, HERE).key_id == 1
