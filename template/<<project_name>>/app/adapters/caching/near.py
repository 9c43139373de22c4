"""The tier inside this process: objects, no bytes, for seconds."""

from collections import OrderedDict
from dataclasses import replace
from typing import Generic, TypeVar

from .entry import Entry
from .policy import NEAR_SECONDS, jittered

T = TypeVar("T")


class Near(Generic[T]):
    """At most `capacity` answers and as many absences; the least recently used leave first."""

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
