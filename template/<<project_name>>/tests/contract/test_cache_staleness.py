"""A stale answer while a new one is loaded, where a policy asks for it."""

import asyncio

import pytest

from app.adapters.caching.memory import MemoryStore
from app.adapters.caching.policy import Policy
from app.adapters.caching.two_tier import TwoTierCache
from app.kernel.errors import DatabaseUnavailable
from tests.clock import TurnableClock
from tests.contract.cache_doubles import SharedStore, Thing, Truth, cache_over, name_of, settle


@pytest.fixture
def truth(clock: TurnableClock) -> Truth:
    return Truth(clock)


@pytest.fixture(params=["memory", "shared"])
def store(request: pytest.FixtureRequest, clock: TurnableClock) -> MemoryStore:
    kinds = {"memory": MemoryStore, "shared": SharedStore}
    return kinds[request.param](clock, 100_000)


@pytest.fixture
def cache(store: MemoryStore, clock: TurnableClock) -> TwoTierCache[Thing]:
    return cache_over(store, clock)


PATIENT = Policy(lifetime_seconds=5, stale_seconds=60)


async def test_stale_answers_are_given_only_on_request(
    cache: TwoTierCache[Thing], truth: Truth, clock: TurnableClock
) -> None:
    await cache.get("a", truth)
    truth.rename("second")

    clock.advance(seconds=3601)

    assert await name_of(cache, truth) == "second"


async def test_a_stale_answer_is_given_while_one_new_one_is_loaded(
    store: MemoryStore, clock: TurnableClock, truth: Truth
) -> None:
    cache = cache_over(store, clock, PATIENT)
    await cache.get("a", truth)
    truth.rename("second")
    clock.advance(seconds=6)
    truth.may_answer.clear()

    during = [await name_of(cache, truth) for _ in range(10)]
    truth.may_answer.set()
    await settle()

    assert during == ["first"] * 10
    assert await name_of(cache, truth) == "second"
    assert truth.loads == 2


async def test_an_answer_past_its_staleness_is_not_given(
    store: MemoryStore, clock: TurnableClock, truth: Truth
) -> None:
    cache = cache_over(store, clock, PATIENT)
    await cache.get("a", truth)
    truth.rename("second")

    clock.advance(seconds=66)

    assert await name_of(cache, truth) == "second"


async def test_a_key_forgotten_during_its_renewal_stays_forgotten(
    store: MemoryStore, clock: TurnableClock, truth: Truth
) -> None:
    cache = cache_over(store, clock, PATIENT)
    await cache.get("a", truth)
    clock.advance(seconds=6)
    truth.may_answer.clear()
    await cache.get("a", truth)
    await settle()
    truth.rename("second")
    await cache.forget("a")
    truth.may_answer.set()
    await settle()

    assert await name_of(cache, truth) == "second"


async def test_a_renewal_that_finds_nothing_ends_the_stale_answer(
    store: MemoryStore, clock: TurnableClock, truth: Truth
) -> None:
    cache = cache_over(store, clock, PATIENT)
    await cache.get("a", truth)
    truth.thing = None
    clock.advance(seconds=6)
    await cache.get("a", truth)
    await settle()

    clock.advance(seconds=3)

    assert await cache.get("a", truth) is None


async def test_a_renewal_that_fails_leaves_the_stale_answer(
    store: MemoryStore, clock: TurnableClock, truth: Truth
) -> None:
    cache = cache_over(store, clock, PATIENT)
    await cache.get("a", truth)
    clock.advance(seconds=6)
    truth.failure = DatabaseUnavailable()

    first = await name_of(cache, truth)
    await settle()

    assert (first, await name_of(cache, truth)) == ("first", "first")


async def test_a_renewal_under_way_answers_who_finds_nothing_any_more(
    store: MemoryStore, clock: TurnableClock, truth: Truth
) -> None:
    cache = cache_over(store, clock, PATIENT)
    await cache.get("a", truth)
    clock.advance(seconds=6)
    truth.may_answer.clear()
    await cache.get("a", truth)
    clock.advance(seconds=60)
    asked = asyncio.create_task(cache.get("a", truth))
    await settle()
    truth.may_answer.set()

    assert await asked == truth.thing
    assert truth.loads == 2
