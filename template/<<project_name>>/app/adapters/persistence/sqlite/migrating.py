"""Opens the file for a migration, which may rebuild whole tables."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from ....kernel.errors import DatabaseUnavailable
from ..connections import guard
from ..settings import DatabaseSettings
from .engine import address, file_of, prepare
from .failures import failure_of

WAIT_SECONDS: Final = 60
"""How long a migration waits for another process that migrates or writes."""


@asynccontextmanager
async def open_for_migration(settings: DatabaseSettings) -> AsyncIterator[AsyncConnection]:
    """One transaction: all of it or nothing. Makes the file where there is none.

    SQLite alters a table by building it anew, which would break the foreign keys that point
    to it; so they are checked at the end instead.
    """
    _make_folder(settings)
    place = address(settings, "rwc")
    engine = create_async_engine(place, hide_parameters=True, poolclass=NullPool)
    prepare(engine, WAIT_SECONDS, foreign_keys=False)
    event.listen(engine.sync_engine, "begin", _begin_immediate)
    guard(engine, failure_of)
    async with engine.begin() as connection:
        yield connection
        await _check_foreign_keys(connection)


def _make_folder(settings: DatabaseSettings) -> None:
    folder = file_of(settings).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnavailable(f"{folder} cannot be made") from error


async def _check_foreign_keys(connection: AsyncConnection) -> None:
    broken = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).first()
    if broken is not None:
        raise ValueError(f"rows of {broken[0]} would point to nothing; nothing was changed")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
