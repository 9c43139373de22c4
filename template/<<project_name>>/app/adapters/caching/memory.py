"""The store of a service that needs no server: this process's own memory."""

from collections import OrderedDict
from math import ceil
from typing import Final

from ...kernel.clock import Clock
from .ports import Store

CAPACITY: Final = 100_000
"""Of answers and, apart from them, of counters; the oldest leave first."""


def open_store(clock: Clock) -> Store:
    return MemoryStore(clock, CAPACITY)


class MemoryStore:
    """Nothing here awaits anything, so every method is atomic among the tasks of one loop."""

    is_shared = False

    def __init__(self, clock: Clock, capacity: int) -> None:
        self._clock = clock
        self._capacity = capacity
        self._values: OrderedDict[str, tuple[bytes, float]] = OrderedDict()
        self._counters: OrderedDict[str, tuple[int, float]] = OrderedDict()

    async def get(self, *keys: str) -> list[bytes | None]:
        return [self._get(key) for key in keys]

    async def set(self, key: str, value: bytes, ttl_seconds: float) -> None:
        self._values[key] = (value, self._now() + ttl_seconds)
        self._values.move_to_end(key)
        if len(self._values) > self._capacity:
            self._values.popitem(last=False)

    async def delete(self, *keys: str) -> None:
        for key in keys:
            self._values.pop(key, None)

    async def increment(self, key: str, window_seconds: int) -> tuple[int, int]:
        now = self._now()
        count, ends_at = self._counters.pop(key, (0, now))
        # A clock that was put back must not leave anybody waiting for longer than a window.
        if not now < ends_at <= now + window_seconds:
            count, ends_at = 0, now + window_seconds
        self._counters[key] = (count + 1, ends_at)
        if len(self._counters) > self._capacity:
            self._counters.popitem(last=False)
        return count + 1, ceil(ends_at - now)

    def _get(self, key: str) -> bytes | None:
        value, ends_at = self._values.get(key, (None, 0.0))
        if value is None:
            return None
        if self._now() >= ends_at:
            del self._values[key]
            return None
        self._values.move_to_end(key)
        return value

    def _now(self) -> float:
        return self._clock().timestamp()
