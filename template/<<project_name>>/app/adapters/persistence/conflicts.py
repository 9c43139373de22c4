"""What a broken unique constraint means to a caller, and inserts that bear one.

A table says it where the constraint stands: `UniqueConstraint(…, info=means(PhoneTaken))`.
"""

from collections.abc import Callable, Iterator, Mapping, Set
from typing import Any

from sqlalchemy import PrimaryKeyConstraint, Table, UniqueConstraint, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ...kernel.errors import Conflict, Failure
from .schema import metadata

Unique = PrimaryKeyConstraint | UniqueConstraint
_REFUSAL = "refusal"


def means(refusal: Callable[[], Failure]) -> dict[Any, Any]:
    return {_REFUSAL: refusal}


def refusal_of(table_name: str, columns: Set[str]) -> Failure:
    """Conflict unless the constraint over these columns says something else."""
    table = metadata.tables.get(table_name)
    for constraint in _unique_ones(table) if table is not None else ():
        if {column.name for column in constraint.columns} == columns:
            refusal: Callable[[], Failure] = constraint.info.get(_REFUSAL, Conflict)
            return refusal()
    return Conflict()


async def insert_if_new(
    connection: AsyncConnection, table: Table, values: Mapping[str, Any]
) -> bool:
    """Losing to somebody else's insert does not end the work that this one is part of.

    False when the key is there already; waits for a work that is about to write it.
    """
    try:
        async with connection.begin_nested():
            await connection.execute(insert(table).values(values))
    except Conflict:
        return False
    return True


def _unique_ones(table: Table) -> Iterator[Unique]:
    return (found for found in table.constraints if isinstance(found, Unique))
