"""Opens the file for works: a pool of readers, and one connection that writes."""

from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.ext.compiler import compiles

from ..columns import Position
from ..database import WAIT_SECONDS, Database, guard
from ..pool import pool_options, renew_idle
from ..queries import OnQuery, watch
from ..settings import DatabaseSettings
from .address import address
from .deadline import limit_statements
from .failures import failure_of
from .pragmas import milliseconds, prepare
from .writers import WriterQueue


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
    event.listen(reader.sync_engine, "begin", _begin)
    event.listen(writer.sync_engine, "begin", _begin_immediate)
    for engine in (reader, writer):
        _equip(engine, settings, on_query)
    return Database(reader, writer, WriterQueue(settings.acquire_timeout_seconds).turn)


def _equip(engine: AsyncEngine, settings: DatabaseSettings, on_query: OnQuery | None) -> None:
    watch(engine, settings.slow_query_seconds, on_query)
    guard(engine, failure_of)
    renew_idle(engine, settings.pool_idle_seconds)
    limit_statements(engine, settings.statement_timeout_seconds)


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _begin_immediate(connection: Connection) -> None:
    """Waits for writers of other processes only as long as is left of the time to wait."""
    wait = milliseconds(connection.get_execution_options()[WAIT_SECONDS])
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {wait}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@compiles(Position, "sqlite")
def _spell_position(_type: Position, _compiler: Any, **_: Any) -> str:
    """SQLite counts up INTEGER keys only; they have 64 bits."""
    return "INTEGER"
