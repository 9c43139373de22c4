"""One remembered answer, and how it is written for a store that anybody may have written to."""

from dataclasses import dataclass
from struct import Struct
from typing import Final, Generic, TypeVar

import orjson
from pydantic import TypeAdapter

T = TypeVar("T")
ValueT = TypeVar("ValueT", covariant=True)

NO_MARK: Final = bytes(16)
"""The mark of a key that nobody has forgotten lately."""

_LONGEST: Final = 65_536
_VERSION: Final = 1
_HEAD: Final = Struct(">B16sdd")


@dataclass(frozen=True, slots=True)
class Entry(Generic[ValueT]):
    """`since` is when its load began, so that what changed during the load is not outlived."""

    value: ValueT
    since: float
    until: float

    def is_fresh(self, now: float) -> bool:
        """A clock that was put back makes nothing younger."""
        return self.since <= now < self.until


class Frame(Generic[T]):
    """Values are dataclasses of plain fields, as JSON; never pickled, for bytes are not code."""

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
