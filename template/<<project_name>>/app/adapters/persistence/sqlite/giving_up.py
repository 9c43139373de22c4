"""Frees the file at once when a request gives up in the middle of a statement.

Closing is not enough: SQLite keeps a closed connection's lock while anything still refers to
one of its statements, such as the traceback of the request that gave up.
"""

import sqlite3
from contextlib import suppress
from typing import Any

from aiosqlite import Connection as Driver
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine


def undo_when_given_up(engine: AsyncEngine) -> None:
    def undo(connection: Any, *_: Any) -> None:
        connection.run_async(_stop_and_undo)

    event.listen(engine.sync_engine, "invalidate", undo)


async def _stop_and_undo(driver: Driver) -> None:
    # ValueError is how the driver says that the connection is closed already.
    with suppress(sqlite3.Error, ValueError):
        await driver.interrupt()
        await driver.rollback()
