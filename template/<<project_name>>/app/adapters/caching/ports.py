"""What a second tier offers: bytes for a while, and counters, perhaps to several processes."""

from collections.abc import Sequence
from typing import Protocol


class StoreAway(Exception):
    """The store did not answer in time; for a cache that is a miss, never a failure."""


class Store(Protocol):
    """Every method may raise StoreAway."""

    @property
    def is_shared(self) -> bool:
        """Whether other processes see what this one writes."""

    async def get(self, *keys: str) -> Sequence[bytes | None]:
        """One answer per key, all of one moment."""

    async def set(self, key: str, value: bytes, ttl_seconds: float) -> None: ...

    async def delete(self, *keys: str) -> None: ...

    async def increment(self, key: str, window_seconds: int) -> tuple[int, int]:
        """The count in the window that the first increment opened, and the seconds it has left.

        Atomic: two callers never get the same count.
        """
