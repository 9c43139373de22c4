"""How works take turns, begin, and end in time.

They begin in as few steps of the driver as can be, because each step crosses threads.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from math import ceil, inf
from time import monotonic
from typing import Any, Final

from aiosqlite import Connection as Driver
from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import ConnectionPoolEntry

from ..database import WAIT_SECONDS, busy
from .failures import failure_of

WAIT_STEP_SECONDS: Final = 0.05
STEPS_BETWEEN_LOOKS: Final = 10_000
"""Steps of SQLite's machine after which the clock is looked at: a fraction of a millisecond."""

_WAIT = "busy_timeout"
_DEADLINE = "deadline"


class WriterQueue:
    """One writing work at a time in this process, first come, first served.

    SQLite's own waiting is polling, in no order; it is left to writers of other processes.
    """

    def __init__(self, timeout_seconds: float) -> None:
        self._timeout_seconds = timeout_seconds
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[float]:
        """Gives the seconds that are left of the timeout; raises DatabaseBusy."""
        deadline = monotonic() + self._timeout_seconds
        try:
            async with asyncio.timeout(self._timeout_seconds):
                await self._turn.acquire()
        except TimeoutError as error:
            raise busy("others are writing") from error
        try:
            yield max(deadline - monotonic(), 0)
        finally:
            self._turn.release()


def begin(connection: Connection) -> None:
    _say(connection, "BEGIN")


def begin_immediate(connection: Connection) -> None:
    """Waits for writers of other processes only as long as is left of the time to wait."""
    left = connection.get_execution_options()[WAIT_SECONDS]
    wait = max(ceil(left / WAIT_STEP_SECONDS), 1) * int(WAIT_STEP_SECONDS * 1000)
    if connection.info.get(_WAIT) != wait:
        _say(connection, f"PRAGMA busy_timeout = {wait}")
        connection.info[_WAIT] = wait
    _say(connection, "BEGIN IMMEDIATE")


class Deadline:
    """When the statement that is running on one connection must have ended."""

    def __init__(self) -> None:
        self.at = inf

    def is_over(self) -> bool:
        return monotonic() > self.at


def limit_statements(engine: AsyncEngine, seconds: float) -> None:
    """A statement that takes longer fails as interrupted; SQLite itself knows no such limit."""

    def attach(connection: Any, entry: ConnectionPoolEntry) -> None:
        deadline = entry.info[_DEADLINE] = Deadline()

        async def look(driver: Driver) -> None:
            await driver.set_progress_handler(deadline.is_over, STEPS_BETWEEN_LOOKS)

        connection.run_async(look)

    def start(connection: Connection, *_: Any) -> None:
        connection.info[_DEADLINE].at = monotonic() + seconds

    event.listen(engine.sync_engine, "connect", attach)
    event.listen(engine.sync_engine, "before_cursor_execute", start)


def undo_when_given_up(engine: AsyncEngine) -> None:
    """Frees the file at once when a request gives up in the middle of a statement.

    Closing is not enough: SQLite keeps a closed connection's lock while anything still refers to
    one of its statements, such as the traceback of the request that gave up.
    """

    def undo(connection: Any, *_: Any) -> None:
        connection.run_async(_stop_and_undo)

    event.listen(engine.sync_engine, "invalidate", undo)


def _say(connection: Connection, statement: str) -> None:
    async def say(driver: Driver) -> None:
        await driver.execute_fetchall(statement)

    adapted: Any = connection.connection.dbapi_connection
    try:
        adapted.run_async(say)
    except sqlite3.Error as error:
        raise failure_of(error) or error from error


async def _stop_and_undo(driver: Driver) -> None:
    # ValueError is how the driver says that the connection is closed already.
    with suppress(sqlite3.Error, ValueError):
        await driver.interrupt()
        await driver.rollback()
