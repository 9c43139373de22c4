"""The tier behind the process: what a store remembers of one cache."""

from dataclasses import dataclass
from secrets import token_bytes
from typing import Final, Generic, TypeVar

from .entry import NO_MARK, Entry, Frame
from .policy import NEAR_SECONDS, Policy
from .ports import Store, StoreAway

T = TypeVar("T")

_MARGIN_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """`mark` is what an entry loaded from now on must bear; `None` when the store is away."""

    entry: Entry[T] | None
    mark: bytes | None


class Far(Generic[T]):
    """A key that is forgotten gets a new mark, and entries with another mark count for nothing.

    So a load that began before cannot bring the old answer back, in whatever process it runs.
    """

    def __init__(self, store: Store, name: str, kind: type[T], policy: Policy) -> None:
        self._store = store
        self._name = name
        self._frame = Frame(kind)
        self._policy = policy

    @property
    def lifetime_seconds(self) -> float:
        """Where nobody tells this process what others have changed, nothing is kept for long."""
        wanted = self._policy.lifetime_seconds
        return wanted if self._store.is_shared else min(wanted, NEAR_SECONDS)

    async def find(self, key: str, now: float) -> Found[T]:
        try:
            mark, data = await self._store.get(self._mark(key), self._entry(key))
        except StoreAway:
            return Found(None, None)
        mark = mark or NO_MARK
        entry = self._frame.unpack(data, mark) if data is not None else None
        return Found(entry if entry and self._may_be_given(entry, now) else None, mark)

    async def put(self, key: str, entry: Entry[T], mark: bytes, now: float) -> None:
        ttl = entry.until + self._policy.stale_seconds - now
        if ttl <= 0:
            return
        try:
            await self._store.set(self._entry(key), self._frame.pack(entry, mark), ttl)
        except StoreAway:
            return

    async def drop(self, key: str) -> None:
        """For what turned out to be gone; a load that is under way may still bring it back."""
        try:
            await self._store.delete(self._entry(key))
        except StoreAway:
            return

    async def forget(self, *keys: str) -> None:
        """A store that is away keeps what it has until its time is up."""
        ttl = self.lifetime_seconds + self._policy.stale_seconds + _MARGIN_SECONDS
        try:
            for key in keys:
                await self._store.set(self._mark(key), token_bytes(len(NO_MARK)), ttl)
            await self._store.delete(*map(self._entry, keys))
        except StoreAway:
            return

    def _may_be_given(self, entry: Entry[T], now: float) -> bool:
        if entry.until - entry.since > self._policy.lifetime_seconds:
            return False
        return entry.since <= now < entry.until + self._policy.stale_seconds

    def _entry(self, key: str) -> str:
        return f"{self._name}:{key}"

    def _mark(self, key: str) -> str:
        return f"{self._name}!{key}"
