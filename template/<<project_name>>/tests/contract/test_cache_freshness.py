"""What the cache forgets, and how old an answer can be at most."""

import asyncio

import pytest

from app.adapters.caching.memory import MemoryStore
from app.adapters.caching.policy import NEAR_SECONDS, REVOCABLE
from app.adapters.caching.two_tier import TwoTierCache
from tests.clock import TurnableClock
from tests.contract.cache_doubles import SharedStore, Thing, Truth, cache_over, name_of, settle


@pytest.fixture
def truth(clock: TurnableClock) -> Truth:
    return Truth(clock)


@pytest.fixture
def shared(clock: TurnableClock) -> SharedStore:
    return SharedStore(clock, 100_000)


@pytest.fixture(params=["memory", "shared"])
def store(request: pytest.FixtureRequest, clock: TurnableClock) -> MemoryStore:
    kinds = {"memory": MemoryStore, "shared": SharedStore}
    return kinds[request.param](clock, 100_000)


@pytest.fixture
def cache(store: MemoryStore, clock: TurnableClock) -> TwoTierCache[Thing]:
    return cache_over(store, clock)


async def test_what_is_forgotten_is_loaded_anew(cache: TwoTierCache[Thing], truth: Truth) -> None:
    await cache.get("a", truth)
    await cache.get("b", truth)
    truth.rename("second")

    await cache.forget("a", "b")

    assert await name_of(cache, truth, "a") == "second"
    assert await name_of(cache, truth, "b") == "second"


async def test_a_load_under_way_when_its_key_is_forgotten_is_not_remembered(
    cache: TwoTierCache[Thing], truth: Truth
) -> None:
    truth.may_answer.clear()
    before = asyncio.create_task(name_of(cache, truth))
    await settle()
    truth.rename("second")
    await cache.forget("a")
    truth.may_answer.set()

    assert await before == "first"
    assert await name_of(cache, truth) == "second"


async def test_who_asks_after_a_forget_does_not_join_a_load_from_before(
    cache: TwoTierCache[Thing], truth: Truth
) -> None:
    truth.may_answer.clear()
    before = asyncio.create_task(name_of(cache, truth))
    await settle()
    truth.rename("second")
    await cache.forget("a")
    after = asyncio.create_task(name_of(cache, truth))
    await settle()
    truth.may_answer.set()

    assert (await before, await after) == ("first", "second")
    assert await name_of(cache, truth) == "second"


async def test_a_question_during_a_forget_brings_nothing_old_back(
    shared: SharedStore, clock: TurnableClock, truth: Truth
) -> None:
    cache = cache_over(shared, clock)
    await cache.get("a", truth)
    truth.rename("second")

    shared.may_write.clear()
    forgetting = asyncio.create_task(cache.forget("a"))
    await settle()
    await cache.get("a", truth)
    shared.may_write.set()
    await forgetting

    assert await name_of(cache, truth) == "second"


async def test_a_write_is_seen_by_another_process_within_five_seconds(
    store: MemoryStore, clock: TurnableClock, truth: Truth
) -> None:
    other_store = store if store.is_shared else MemoryStore(clock, 100)
    here, there = cache_over(store, clock), cache_over(other_store, clock)
    await there.get("a", truth)
    truth.rename("second")
    await here.forget("a")

    clock.advance(seconds=NEAR_SECONDS)

    assert await name_of(there, truth) == "second"


async def test_without_a_shared_store_nothing_is_older_than_five_seconds(
    clock: TurnableClock, truth: Truth
) -> None:
    cache = cache_over(MemoryStore(clock, 100), clock)
    await cache.get("a", truth)
    truth.rename("second")

    clock.advance(seconds=5)

    assert await name_of(cache, truth) == "second"


async def test_the_time_that_a_load_took_counts(
    store: MemoryStore, truth: Truth, clock: TurnableClock
) -> None:
    cache = cache_over(store, clock, REVOCABLE)
    truth.may_answer.clear()
    asked = asyncio.create_task(name_of(cache, truth))
    await settle()
    clock.advance(seconds=5)
    truth.may_answer.set()
    await asked
    truth.rename("second")

    assert await name_of(cache, truth) == "second"


async def test_a_shared_store_serves_for_an_hour(
    shared: SharedStore, clock: TurnableClock, truth: Truth
) -> None:
    await cache_over(shared, clock).get("a", truth)
    clock.advance(seconds=2800)

    await cache_over(shared, clock).get("a", truth)
    assert truth.loads == 1

    clock.advance(seconds=800)
    await cache_over(shared, clock).get("a", truth)
    assert truth.loads == 2


async def test_what_can_be_revoked_is_nowhere_older_than_five_seconds(
    shared: SharedStore, clock: TurnableClock, truth: Truth
) -> None:
    """Even when nobody could tell the store: it was away when the key was forgotten."""
    here, there = cache_over(shared, clock, REVOCABLE), cache_over(shared, clock, REVOCABLE)
    await here.get("a", truth)
    clock.advance(seconds=2)
    await there.get("a", truth)
    truth.thing = None
    shared.is_away = True
    await here.forget("a")
    shared.is_away = False

    clock.advance(seconds=3)

    assert await here.get("a", truth) is None
    assert await there.get("a", truth) is None


def test_what_can_be_revoked_is_never_served_stale() -> None:
    assert REVOCABLE.stale_seconds == 0
    assert REVOCABLE.lifetime_seconds <= NEAR_SECONDS


async def test_a_clock_that_was_put_back_makes_nothing_younger(
    cache: TwoTierCache[Thing], truth: Truth, clock: TurnableClock
) -> None:
    await cache.get("a", truth)
    truth.rename("second")

    clock.advance(seconds=-3600)

    assert await name_of(cache, truth) == "second"
