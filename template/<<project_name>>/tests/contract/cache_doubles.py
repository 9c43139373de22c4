"""A truth to remember and a store that can be away, for tests of the cache."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.adapters.caching.memory import MemoryStore
from app.adapters.caching.policy import Policy
from app.adapters.caching.ports import StoreAway
from app.adapters.caching.two_tier import TwoTierCache
from app.kernel.ids import new_id
from tests.clock import TurnableClock


@dataclass(frozen=True, slots=True)
class Thing:
    id: UUID
    name: str
    seen_at: datetime
    note: str | None = None
    size: int = 1


class SharedStore(MemoryStore):
    """What two processes have in common; it can be away, and lets others run as a server does."""

    is_shared = True
    is_away = False

    def __init__(self, clock: TurnableClock, capacity: int) -> None:
        super().__init__(clock, capacity)
        self.may_write = asyncio.Event()
        self.may_write.set()

    async def get(self, *keys: str) -> list[bytes | None]:
        await self._travel()
        return await super().get(*keys)

    async def set(self, key: str, value: bytes, ttl_seconds: float) -> None:
        await self._travel()
        await self.may_write.wait()
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


def cache_over(
    store: MemoryStore, clock: TurnableClock, policy: Policy | None = None
) -> TwoTierCache[Thing]:
    return TwoTierCache(store, "things", Thing, policy or Policy(), clock)


async def settle() -> None:
    """Lets everybody else run until they wait for something."""
    for _ in range(50):
        await asyncio.sleep(0)


async def name_of(cache: TwoTierCache[Thing], truth: Truth, key: str = "a") -> str | None:
    thing = await cache.get(key, truth)
    return thing.name if thing else None
