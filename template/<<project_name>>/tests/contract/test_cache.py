"""What the cache promises: one load per key, spread, bounds, absence, errors."""

import asyncio
from collections import Counter

import pytest

from app.adapters.caching.memory import MemoryStore
from app.adapters.caching.policy import NEAR_SECONDS, Policy, jittered
from app.adapters.caching.two_tier import TwoTierCache
from app.kernel.errors import DatabaseBusy
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


async def test_an_answer_is_loaded_once(cache: TwoTierCache[Thing], truth: Truth) -> None:
    first = await cache.get("a", truth)

    assert first == truth.thing == await cache.get("a", truth)
    assert truth.loads == 1


async def test_keys_do_not_meet(cache: TwoTierCache[Thing], truth: Truth) -> None:
    await cache.get("a", truth)
    await cache.get("b", truth)

    assert truth.loads == 2


async def test_caches_of_one_store_do_not_meet(
    store: MemoryStore, clock: TurnableClock, truth: Truth
) -> None:
    await cache_over(store, clock).get("a", truth)
    await TwoTierCache(store, "others", Thing, Policy(), clock).get("a", truth)

    assert truth.loads == 2


async def test_500_at_once_load_once(cache: TwoTierCache[Thing], truth: Truth) -> None:
    truth.may_answer.clear()
    asked = [asyncio.create_task(cache.get("a", truth)) for _ in range(500)]
    await settle()
    truth.may_answer.set()

    answers = await asyncio.gather(*asked)

    assert truth.loads == 1
    assert answers == [truth.thing] * 500


async def test_500_at_once_on_an_expired_key_load_once(
    cache: TwoTierCache[Thing], truth: Truth, clock: TurnableClock
) -> None:
    await cache.get("a", truth)
    clock.advance(seconds=3601)

    await asyncio.gather(*(cache.get("a", truth) for _ in range(500)))

    assert truth.loads == 2


async def test_who_asked_first_may_leave_without_harm_to_the_others(
    cache: TwoTierCache[Thing], truth: Truth
) -> None:
    truth.may_answer.clear()
    first, second = (asyncio.create_task(cache.get("a", truth)) for _ in range(2))
    await settle()

    first.cancel()
    await settle()
    truth.may_answer.set()

    assert await second == truth.thing
    assert (first.cancelled(), truth.loads) == (True, 1)


async def test_expiry_is_spread_by_a_tenth_or_more_to_both_sides() -> None:
    lives = [jittered(3600) for _ in range(10_000)]
    mean = sum(lives) / len(lives)

    assert max(lives) <= 3600
    assert min(lives) < 0.9 * mean
    assert max(lives) > 1.1 * mean
    assert max(Counter(int(life // 72) for life in lives).values()) < 2 * 10_000 / 10


async def test_no_two_keys_that_came_together_need_expire_together(
    clock: TurnableClock, truth: Truth
) -> None:
    cache = cache_over(MemoryStore(clock, 10_000), clock)
    for number in range(500):
        await cache.get(str(number), truth)

    clock.advance(seconds=4.5)
    for number in range(500):
        await cache.get(str(number), truth)

    assert 500 + 100 < truth.loads < 1000 - 100


async def test_absence_is_remembered_for_a_shorter_while(
    cache: TwoTierCache[Thing], truth: Truth, clock: TurnableClock
) -> None:
    truth.thing = None
    assert await cache.get("a", truth) is None
    assert await cache.get("a", truth) is None
    assert truth.loads == 1

    clock.advance(seconds=2)

    assert await cache.get("a", truth) is None
    assert truth.loads == 2


async def test_ten_thousand_unknown_keys_ask_the_database_once_each(
    clock: TurnableClock, truth: Truth
) -> None:
    truth.thing = None
    store = MemoryStore(clock, 100)
    cache = cache_over(store, clock)

    for _ in range(2):
        for number in range(10_000):
            await cache.get(str(number), truth)

    assert truth.loads == 10_000
    assert len(store._values) == 0


async def test_asking_for_nonsense_is_bounded_and_pushes_nothing_real_out(
    clock: TurnableClock, truth: Truth
) -> None:
    cache = cache_over(MemoryStore(clock, 100), clock, Policy(capacity=10))
    await cache.get("real", truth)
    real, truth.thing = truth.thing, None

    for number in range(100):
        await cache.get(str(number), truth)

    assert await cache.get("real", truth) == real
    assert truth.loads == 101
    assert len(cache._near._absent) == 10


async def test_real_answers_are_bounded_too(clock: TurnableClock, truth: Truth) -> None:
    cache = cache_over(MemoryStore(clock, 10), clock, Policy(capacity=10))

    for number in range(100):
        await cache.get(str(number), truth)

    assert len(cache._near._present) == 10


async def test_an_error_is_told_to_all_who_wait_and_remembered_by_nobody(
    cache: TwoTierCache[Thing], truth: Truth
) -> None:
    truth.failure = DatabaseBusy()
    asked = (cache.get("a", truth) for _ in range(10))

    answers = await asyncio.gather(*asked, return_exceptions=True)
    truth.failure = None

    assert {type(answer) for answer in answers} == {DatabaseBusy}
    assert await cache.get("a", truth) == truth.thing
    assert truth.loads == 2


async def test_a_load_under_way_in_another_process_is_not_remembered_either(
    shared: SharedStore, clock: TurnableClock, truth: Truth
) -> None:
    here, there = cache_over(shared, clock), cache_over(shared, clock)
    truth.may_answer.clear()
    before = asyncio.create_task(name_of(there, truth))
    await settle()
    truth.rename("second")
    await here.forget("a")
    truth.may_answer.set()
    await before

    assert await name_of(here, truth) == "second"
    clock.advance(seconds=NEAR_SECONDS)
    assert await name_of(there, truth) == "second"


async def test_every_answer_is_counted_by_where_it_came_from(
    shared: SharedStore, clock: TurnableClock, truth: Truth
) -> None:
    seen: list[tuple[str, str]] = []
    policy = Policy(lifetime_seconds=60, stale_seconds=60)
    cache = TwoTierCache(shared, "things", Thing, policy, clock, lambda *told: seen.append(told))

    await asyncio.gather(cache.get("a", truth), cache.get("a", truth))
    await cache.get("a", truth)
    clock.advance(seconds=5)
    await cache.get("a", truth)
    clock.advance(seconds=70)
    await cache.get("a", truth)
    await settle()

    assert {name for name, _ in seen} == {"things"}
    assert [outcome for _, outcome in seen] == [
        "joined", "loaded", "near", "far", "stale", "loaded",
    ]  # fmt: skip
