"""Stops a statement that takes too long; SQLite itself knows no such limit."""

from math import inf
from time import monotonic
from typing import Any, Final

from aiosqlite import Connection as Driver
from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import ConnectionPoolEntry

STEPS_BETWEEN_LOOKS: Final = 10_000
"""Steps of SQLite's machine after which the clock is looked at: a fraction of a millisecond."""

_DEADLINE = "deadline"


class Deadline:
    """When the statement that is running on one connection must have ended."""

    def __init__(self) -> None:
        self.at = inf

    def is_over(self) -> bool:
        return monotonic() > self.at


def limit_statements(engine: AsyncEngine, seconds: float) -> None:
    """A statement that takes longer fails as interrupted."""

    def attach(connection: Any, entry: ConnectionPoolEntry) -> None:
        deadline = entry.info[_DEADLINE] = Deadline()

        async def look(driver: Driver) -> None:
            await driver.set_progress_handler(deadline.is_over, STEPS_BETWEEN_LOOKS)

        connection.run_async(look)

    def start(connection: Connection, *_: Any) -> None:
        connection.info[_DEADLINE].at = monotonic() + seconds

    event.listen(engine.sync_engine, "connect", attach)
    event.listen(engine.sync_engine, "before_cursor_execute", start)
