"""A store that is away, or in which anybody may have written."""

import asyncio

import pytest

from app.adapters.caching.policy import Policy
from app.adapters.caching.tiers import NO_MARK, Entry, Frame
from app.kernel.errors import DatabaseUnavailable, StoresUnavailable
from app.kernel.ids import new_id
from tests.clock import TurnableClock
from tests.contract.cache_doubles import SharedStore, Thing, Truth, cache_over, name_of, settle


@pytest.fixture
def truth(clock: TurnableClock) -> Truth:
    return Truth(clock)


@pytest.fixture
def shared(clock: TurnableClock) -> SharedStore:
    return SharedStore(clock, 100_000)


PATIENT = Policy(lifetime_seconds=5, stale_seconds=60)


GOOD = Entry(Thing(new_id(), "planted", TurnableClock()()), 0.0, 1.0)


async def test_a_store_that_is_away_is_a_miss(
    shared: SharedStore, clock: TurnableClock, truth: Truth
) -> None:
    cache = cache_over(shared, clock)
    shared.is_away = True

    assert await cache.get("a", truth) == truth.thing
    assert await cache.get("a", truth) == truth.thing
    assert truth.loads == 1

    clock.advance(seconds=5)
    assert await cache.get("a", truth) == truth.thing
    assert truth.loads == 2


async def test_a_store_that_leaves_during_a_load_does_not_lose_the_answer(
    shared: SharedStore, clock: TurnableClock, truth: Truth
) -> None:
    cache = cache_over(shared, clock)
    truth.may_answer.clear()
    asked = asyncio.create_task(cache.get("a", truth))
    await settle()
    shared.is_away = True
    truth.may_answer.set()

    assert await asked == truth.thing


async def test_a_store_that_leaves_during_a_renewal_harms_nobody(
    shared: SharedStore, clock: TurnableClock, truth: Truth
) -> None:
    cache = cache_over(shared, clock, PATIENT)
    await cache.get("a", truth)
    clock.advance(seconds=6)
    truth.may_answer.clear()
    truth.thing = None
    await cache.get("a", truth)
    await settle()
    shared.is_away = True
    truth.may_answer.set()
    await settle()

    assert await cache.get("a", truth) is None


async def test_store_and_database_away_is_a_failure_of_its_own(
    shared: SharedStore, clock: TurnableClock, truth: Truth
) -> None:
    cache = cache_over(shared, clock)
    truth.failure = DatabaseUnavailable()
    with pytest.raises(DatabaseUnavailable):
        await cache.get("a", truth)

    shared.is_away = True

    with pytest.raises(StoresUnavailable):
        await cache.get("a", truth)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: b"garbage",
        lambda data: b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94.",
        lambda data: b"\x02" + data[1:],
        lambda data: data[:-1],
        lambda data: data[:33],
        lambda data: data.replace(b'"planted"', b'["planted"]'),
        lambda data: data.replace(b'"planted"', b"1"),
        lambda data: data.replace(b'"name"', b'"eman"'),
        lambda data: data.replace(b'"size":1', b'"size":"1"'),
        lambda data: data[:33] + b"null",
        lambda data: data[:33] + b"[" * 10_000,
        lambda data: data + b" " * 10_000_000,
    ],
)
async def test_whatever_else_lies_in_the_store_is_a_miss(
    shared: SharedStore,
    clock: TurnableClock,
    truth: Truth,
    spoil,  # type: ignore[no-untyped-def]
) -> None:
    now = clock().timestamp()
    data = Frame(Thing).pack(Entry(GOOD.value, now, now + 60), NO_MARK)
    await shared.set("things:a", data, 60)
    assert await name_of(cache_over(shared, clock), truth) == "planted"

    await shared.set("things:a", spoil(data), 60)

    assert await name_of(cache_over(shared, clock), truth) == "first"


@pytest.mark.parametrize(("since", "until"), [(0, 1e18), (100, 200), (0, float("nan"))])
async def test_an_entry_from_another_time_is_a_miss(
    shared: SharedStore, clock: TurnableClock, truth: Truth, since: float, until: float
) -> None:
    now = clock().timestamp()
    entry = Entry(GOOD.value, now + since, now + until)

    await shared.set("things:a", Frame(Thing).pack(entry, NO_MARK), 60)

    assert await name_of(cache_over(shared, clock), truth) == "first"
