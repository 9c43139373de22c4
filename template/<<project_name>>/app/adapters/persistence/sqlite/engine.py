"""Opens the file for works: a pool of readers, and one connection that writes."""

from pathlib import Path
from typing import Any, Literal

from sqlalchemy import URL, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import ConnectionPoolEntry

from ..columns import Position
from ..connections import OnQuery, guard, pool_options, renew_idle, watch
from ..database import Database
from ..settings import DatabaseSettings
from .failures import failure_of
from .transactions import (
    WriterQueue,
    begin,
    begin_immediate,
    limit_statements,
    undo_when_given_up,
)


def open_database(settings: DatabaseSettings, on_query: OnQuery | None = None) -> Database:
    """Connects to nothing yet, so a file that is away does not stop the process.

    Raises ValueError for an address that is not one of SQLite's.
    """
    place = address(settings, "rw")
    several = pool_options(settings)
    one = {**several, "pool_size": 1, "max_overflow": 0}
    reader = create_async_engine(place, hide_parameters=True, **several)
    writer = create_async_engine(place, hide_parameters=True, **one)
    prepare(reader, settings.acquire_timeout_seconds, query_only=True)
    prepare(writer, settings.acquire_timeout_seconds)
    event.listen(reader.sync_engine, "begin", begin)
    event.listen(writer.sync_engine, "begin", begin_immediate)
    for engine in (reader, writer):
        _equip(engine, settings, on_query)
    return Database(reader, writer, WriterQueue(settings.acquire_timeout_seconds).turn)


def _equip(engine: AsyncEngine, settings: DatabaseSettings, on_query: OnQuery | None) -> None:
    watch(engine, settings.slow_query_seconds, on_query)
    guard(engine, failure_of)
    renew_idle(engine, settings.pool_idle_seconds)
    limit_statements(engine, settings.statement_timeout_seconds)
    undo_when_given_up(engine)


def file_of(settings: DatabaseSettings) -> Path:
    """Raises ValueError for an address that is not one of SQLite's."""
    url = make_url(settings.url.get_secret_value())
    if url.drivername != "sqlite" or url.database in (None, "", ":memory:"):
        raise ValueError("DATABASE_URL must look like sqlite:///path/to/file.db")
    return Path(str(url.database)).absolute()


def address(settings: DatabaseSettings, mode: Literal["rw", "rwc"]) -> URL:
    """With `rw` a file that is not there stays away; with `rwc` an empty one is made."""
    return URL.create(
        "sqlite+aiosqlite",
        database=file_of(settings).as_uri(),
        query={"mode": mode, "uri": "true"},
    )


def prepare(
    engine: AsyncEngine,
    wait_seconds: float,
    *,
    query_only: bool = False,
    foreign_keys: bool = True,
) -> None:
    """What every connection is told before it is used.

    With a write-ahead log readers never wait; a killed process loses nothing committed.
    """
    pragmas = (
        f"busy_timeout = {_milliseconds(wait_seconds)}",
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


def _milliseconds(seconds: float) -> int:
    return max(int(seconds * 1000), 1)


@compiles(Position, "sqlite")
def _spell_position(_type: Position, _compiler: Any, **_: Any) -> str:
    """SQLite counts up INTEGER keys only; they have 64 bits."""
    return "INTEGER"
