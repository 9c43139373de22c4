"""The two tiers of a cache: objects in this process for seconds, bytes in a store behind it."""

from collections import OrderedDict
from dataclasses import dataclass, replace
from secrets import token_bytes
from struct import Struct
from typing import Final, Generic, TypeVar

import orjson
from pydantic import TypeAdapter

from .policy import NEAR_SECONDS, Policy, jittered
from .ports import Store, StoreAway

T = TypeVar("T")
ValueT = TypeVar("ValueT", covariant=True)

NO_MARK: Final = bytes(16)
"""The mark of a key that nobody has forgotten lately."""

_LONGEST: Final = 65_536
_VERSION: Final = 1
_HEAD: Final = Struct(">B16sdd")
_MARGIN_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Entry(Generic[ValueT]):
    """`since` is when its load began, so that what changed during the load is not outlived."""

    value: ValueT
    since: float
    until: float

    def is_fresh(self, now: float) -> bool:
        """A clock that was put back makes nothing younger."""
        return self.since <= now < self.until


class Near(Generic[T]):
    """Objects, no bytes: at most `capacity` answers and as many absences.

    The least recently used leave first.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._present: OrderedDict[str, Entry[T | None]] = OrderedDict()
        self._absent: OrderedDict[str, Entry[T | None]] = OrderedDict()

    def get(self, key: str, now: float) -> Entry[T | None] | None:
        for shelf in (self._present, self._absent):
            entry = shelf.get(key)
            if entry is not None and entry.is_fresh(now):
                shelf.move_to_end(key)
                return entry
        return None

    def keep(self, key: str, entry: Entry[T | None], now: float) -> None:
        """`now` is when the answer was known to be right: its load began, or a store gave it."""
        self.drop(key)
        shelf = self._absent if entry.value is None else self._present
        shelf[key] = replace(entry, since=now, until=min(entry.until, now + jittered(NEAR_SECONDS)))
        if len(shelf) > self._capacity:
            shelf.popitem(last=False)

    def drop(self, key: str) -> None:
        self._present.pop(key, None)
        self._absent.pop(key, None)


class Frame(Generic[T]):
    """How an entry is written for a store that anybody may have written to.

    Values are dataclasses of plain fields, as JSON; never pickled, for bytes are not code.
    """

    def __init__(self, kind: type[T]) -> None:
        self._values = TypeAdapter(kind)

    def pack(self, entry: Entry[T], mark: bytes) -> bytes:
        return _HEAD.pack(_VERSION, mark, entry.since, entry.until) + orjson.dumps(entry.value)

    def unpack(self, data: bytes, mark: bytes) -> Entry[T] | None:
        """`None` for what `pack` did not write, or wrote before the key was marked anew."""
        if not _HEAD.size < len(data) <= _LONGEST:
            return None
        version, marked, since, until = _HEAD.unpack_from(data)
        if version != _VERSION or marked != mark:
            return None
        try:
            value = self._values.validate_json(data[_HEAD.size :], strict=True)
        except ValueError:
            return None
        return Entry(value, since, until)


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
