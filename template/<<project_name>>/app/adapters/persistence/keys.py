"""Where wrapped keys lie, and how many values each of them seals."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    func,
    select,
    type_coerce,
    update,
)

from ..encryption.ports import Wrapped, WrappedKey
from .columns import Identifier, SealedBytes, UtcTime
from .conflicts import insert_if_new
from .database import Database
from .schema import all_tables, metadata

encryption_keys = Table(
    "encryption_keys",
    metadata,
    Column("purpose", Identifier(16), primary_key=True),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("wrapped_by", String(255), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("active_at", UtcTime, nullable=False),
)


class SqlKeyStore:
    """Fulfils `KeyStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self) -> Sequence[WrappedKey]:
        in_order = encryption_keys.c.purpose, encryption_keys.c.id
        async with self._database.reading() as connection:
            rows = await connection.execute(select(encryption_keys).order_by(*in_order))
            return [_key(row) for row in rows]

    async def add(self, key: WrappedKey) -> bool:
        async with self._database.writing() as connection:
            return await insert_if_new(connection, encryption_keys, _columns_of(key))

    async def rewrap(self, key: WrappedKey) -> None:
        known = encryption_keys.c.purpose == key.purpose, encryption_keys.c.id == key.id
        change = update(encryption_keys).where(*known)
        wrapped = {"wrapped": key.wrapped.data, "wrapped_by": key.wrapped.by}
        async with self._database.writing() as connection:
            await connection.execute(change.values(wrapped))


class SealedCounts:
    """How many values lie under each data key, over all sealed columns; fulfils `CountByKey`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def __call__(self) -> Mapping[int, int]:
        counts: Counter[int] = Counter()
        async with self._database.reading() as connection:
            for column in _sealed_columns():
                key = func.substr(type_coerce(column, LargeBinary), 3, 4)
                by_key = select(type_coerce(key, LargeBinary), func.count()).group_by(key)
                for id, count in await connection.execute(by_key.where(column.is_not(None))):
                    counts[int.from_bytes(id, "big")] += count
        return counts


def _sealed_columns() -> list[Column[Any]]:
    columns = [column for table in all_tables().tables.values() for column in table.columns]
    return [column for column in columns if isinstance(column.type, SealedBytes)]


def _columns_of(key: WrappedKey) -> dict[str, Any]:
    return {
        "purpose": key.purpose,
        "id": key.id,
        "wrapped": key.wrapped.data,
        "wrapped_by": key.wrapped.by,
        "created_at": key.created_at,
        "active_at": key.active_at,
    }


def _key(row: Row[Any]) -> WrappedKey:
    wrapped = Wrapped(row.wrapped_by, bytes(row.wrapped))
    return WrappedKey(row.purpose, row.id, wrapped, row.created_at, row.active_at)
