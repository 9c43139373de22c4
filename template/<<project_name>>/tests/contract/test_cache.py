"""What the cache promises over a store of this process, a shared one, and one that is away."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pytest

from app.adapters.caching.entry import NO_MARK, Entry, Frame
from app.adapters.caching.memory import MemoryStore
from app.adapters.caching.policy import NEAR_SECONDS, REVOCABLE, Policy, jittered
from app.adapters.caching.ports import StoreAway
from app.adapters.caching.two_tier import TwoTierCache
from app.kernel.errors import DatabaseBusy, DatabaseUnavailable, StoresUnavailable
from app.kernel.ids import new_id
from tests.clock import TurnableClock


@dataclass(frozen=True, slots=True)
class Thing:
    id: UUID
    name: str
    seen_at: datetime
    note: str | None = None


class SharedStore(MemoryStore):
    """What two processes have in common; it can be away, and lets others run as a server does."""

    is_shared = True
    is_away = False

    async def get(self, *keys: str) -> list[bytes | None]:
        await self._travel()
        return await super().get(*keys)

    async def set(self, key: str, value: bytes, ttl_seconds: float) -> None:
        await self._travel()
        await super().set(key, value, ttl_seconds)

    async def delete(self, *keys: str) -> None:
        await self._travel()
        await super().delete(*keys)

    async def _travel(self) -> None:
        await asyncio.sleep(0)
        if self.is_away:
            raise StoreAway


class Truth:
    """What `load` reads: counts its readers and can hold them up."""

    def __init__(self, clock: TurnableClock) -> None:
        self.thing: Thing | None = Thing(new_id(), "first", clock())
        self.loads = 0
        self.failure: Exception | None = None
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def __call__(self) -> Thing | None:
        self.loads += 1
        read = self.thing
        await self.may_answer.wait()
        if self.failure is not None:
            raise self.failure
        return read

    def rename(self, name: str) -> None:
        assert self.thing is not None
        self.thing = Thing(self.thing.id, name, self.thing.seen_at)


@pytest.fixture
def truth(clock: TurnableClock) -> Truth:
    return Truth(clock)


@pytest.fixture
def shared(clock: TurnableClock) -> SharedStore:
    return SharedStore(clock, 100_000)


def cache_over(
    store: MemoryStore, clock: TurnableClock, policy: Policy | None = None
) -> TwoTierCache[Thing]:
    return TwoTierCache(store, "things", Thing, policy or Policy(), clock)


@pytest.fixture(params=["memory", "shared"])
def store(request: pytest.FixtureRequest, clock: TurnableClock) -> MemoryStore:
    kinds = {"memory": MemoryStore, "shared": SharedStore}
    return kinds[request.param](clock, 100_000)


@pytest.fixture
def cache(store: MemoryStore, clock: TurnableClock) -> TwoTierCache[Thing]:
    return cache_over(store, clock)


async def settle() -> None:
    """Lets everybody else run until they wait for something."""
    for _ in range(50):
        await asyncio.sleep(0)


async def name_of(cache: TwoTierCache[Thing], truth: Truth, key: str = "a") -> str | None:
    thing = await cache.get(key, truth)
    return thing.name if thing else None


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


async def test_a_question_during_a_forget_brings_nothing_old_back(
    shared: SharedStore, clock: TurnableClock, truth: Truth
) -> None:
    cache = cache_over(shared, clock)
    await cache.get("a", truth)
    truth.rename("second")

    forgetting = asyncio.create_task(cache.forget("a"))
    for _ in range(5):
        await asyncio.gather(asyncio.sleep(0), cache.get("a", truth))
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


async def test_stale_answers_are_given_only_on_request(
    cache: TwoTierCache[Thing], truth: Truth, clock: TurnableClock
) -> None:
    await cache.get("a", truth)
    truth.rename("second")

    clock.advance(seconds=3601)

    assert await name_of(cache, truth) == "second"


PATIENT = Policy(lifetime_seconds=5, stale_seconds=60)


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


GOOD = Entry(Thing(new_id(), "planted", TurnableClock()()), 0.0, 1.0)


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


async def test_a_clock_that_was_put_back_makes_nothing_younger(
    cache: TwoTierCache[Thing], truth: Truth, clock: TurnableClock
) -> None:
    await cache.get("a", truth)
    truth.rename("second")

    clock.advance(seconds=-3600)

    assert await name_of(cache, truth) == "second"


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
