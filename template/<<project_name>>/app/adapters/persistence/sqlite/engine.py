"""Opens the file for works: a pool of readers, and one connection that writes."""

from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.ext.compiler import compiles

from ..columns import Position
from ..database import Database, guard
from ..pool import pool_options, renew_idle
from ..queries import OnQuery, watch
from ..settings import DatabaseSettings
from .address import address
from .deadline import limit_statements
from .failures import failure_of
from .giving_up import undo_when_given_up
from .pragmas import prepare
from .transactions import begin, begin_immediate
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


@compiles(Position, "sqlite")
def _spell_position(_type: Position, _compiler: Any, **_: Any) -> str:
    """SQLite counts up INTEGER keys only; they have 64 bits."""
    return "INTEGER"
