"""Seals personal data before it is stored, opens it again, and finds it without opening."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from . import envelope
from .envelope import Unreadable


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value is stored; it can be opened nowhere else."""

    table: str
    column: str
    row: UUID


@dataclass(frozen=True, slots=True)
class Sealed:
    """A value as it is stored; the only thing that a sealed column accepts."""

    data: bytes

    def __repr__(self) -> str:
        return "[sealed]"

    @property
    def key_id(self) -> int:
        """The data key that it lies under; raises Unreadable."""
        return envelope.key_id(self.data)


@dataclass(frozen=True, slots=True)
class LiveKeys:
    """All unwrapped keys of one purpose by id, and which of them writes."""

    active: int
    by_id: Mapping[int, bytes] = field(repr=False)


class Sealer:
    """The keys as they are now; ask `Encryption.ready` for a new one per unit of work."""

    def __init__(self, context: str, data_keys: LiveKeys, index_keys: LiveKeys) -> None:
        self._context = context
        self._data_keys = data_keys
        self._index_keys = index_keys

    def seal(self, text: str, place: Place) -> Sealed:
        active = self._data_keys.active
        key = envelope.DataKey(active, self._data_keys.by_id[active])
        return Sealed(envelope.seal(text.encode("utf-8"), key, self._where(place)))

    def open(self, sealed: Sealed, place: Place) -> str:
        """Raises Unreadable."""
        id = sealed.key_id
        if id not in self._data_keys.by_id:
            raise Unreadable
        key = envelope.DataKey(id, self._data_keys.by_id[id])
        return envelope.open(sealed.data, key, self._where(place)).decode("utf-8")

    def index(self, value: str, table: str, column: str, scope: str = "") -> bytes:
        """What stands in the index column: 17 bytes, equal for equal values of one scope."""
        where = (self._context, table, column, scope)
        return self._index(value, where, self._index_keys.active)

    def indexes(self, value: str, table: str, column: str, scope: str = "") -> tuple[bytes, ...]:
        """What may stand there, the newest first: look up with IN while an index key rotates."""
        where = (self._context, table, column, scope)
        return tuple(self._index(value, where, id) for id in sorted(self._index_keys.by_id)[::-1])

    def _index(self, value: str, where: tuple[str, str, str, str], id: int) -> bytes:
        return envelope.index(value, where, envelope.IndexKey(id, self._index_keys.by_id[id]))

    def _where(self, place: Place) -> envelope.Where:
        return envelope.Where(self._context, place.table, place.column, place.row.bytes)
