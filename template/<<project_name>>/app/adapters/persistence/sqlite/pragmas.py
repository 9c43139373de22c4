"""What every connection is told before it is used."""

from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import ConnectionPoolEntry


def prepare(
    engine: AsyncEngine,
    wait_seconds: float,
    *,
    query_only: bool = False,
    foreign_keys: bool = True,
) -> None:
    """With a write-ahead log readers never wait; a killed process loses nothing committed."""
    pragmas = (
        f"busy_timeout = {milliseconds(wait_seconds)}",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        f"foreign_keys = {foreign_keys:d}",
        f"query_only = {query_only:d}",
    )

    def tell(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        # The driver would begin transactions by itself, and never IMMEDIATE ones.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    event.listen(engine.sync_engine, "connect", tell)


def milliseconds(seconds: float) -> int:
    return max(int(seconds * 1000), 1)
