"""Wrapped keys, for all processes."""

from dataclasses import replace

from app.adapters.encryption.ports import Purpose, Wrapped, WrappedKey
from app.adapters.persistence.database import Database
from app.adapters.persistence.keys import SqlKeyStore
from tests.clock import TurnableClock


def key(clock: TurnableClock, purpose: Purpose, id: int) -> WrappedKey:
    return WrappedKey(purpose, id, Wrapped("kek-1", b"\x00wrapped"), clock(), clock())


async def test_keys_are_listed_by_purpose_and_id(database: Database, clock: TurnableClock) -> None:
    store = SqlKeyStore(database)
    keys = [key(clock, "data", 1), key(clock, "data", 2), key(clock, "index", 1)]
    for one in reversed(keys):
        assert await store.add(one)

    assert await store.list() == keys


async def test_a_key_that_is_there_stays(database: Database, clock: TurnableClock) -> None:
    store = SqlKeyStore(database)
    first = key(clock, "data", 1)
    await store.add(first)

    was_added = await store.add(replace(first, wrapped=Wrapped("kek-2", b"other")))

    assert not was_added
    assert await store.list() == [first]


async def test_rewrapping_changes_the_wrapping_only(
    database: Database, clock: TurnableClock
) -> None:
    store = SqlKeyStore(database)
    first = key(clock, "data", 1)
    await store.add(first)
    rewrapped = replace(first, wrapped=Wrapped("kek-2", b"anew"))

    await store.rewrap(replace(rewrapped, created_at=clock.__call__()))

    assert await store.list() == [rewrapped]
