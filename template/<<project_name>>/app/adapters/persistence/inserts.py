"""Inserts that may lose to somebody else's without ending the work they are part of."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ...kernel.errors import Conflict


async def insert_if_new(
    connection: AsyncConnection, table: Table, values: Mapping[str, Any]
) -> bool:
    """False when the key is there already; waits for a work that is about to write it."""
    try:
        async with connection.begin_nested():
            await connection.execute(insert(table).values(values))
    except Conflict:
        return False
    return True
