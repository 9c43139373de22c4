"""What a broken unique constraint means to a caller.

A table says it where the constraint stands: `UniqueConstraint(…, info=means(PhoneTaken))`.
"""

from collections.abc import Callable, Iterator, Set
from typing import Any

from sqlalchemy import PrimaryKeyConstraint, Table, UniqueConstraint

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


def _unique_ones(table: Table) -> Iterator[Unique]:
    return (found for found in table.constraints if isinstance(found, Unique))
