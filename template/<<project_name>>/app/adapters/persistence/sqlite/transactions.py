"""How works begin: in as few steps of the driver as can be, because each step crosses threads."""

import sqlite3
from math import ceil
from typing import Any, Final

from aiosqlite import Connection as Driver
from sqlalchemy import Connection

from ..database import WAIT_SECONDS
from .failures import failure_of

WAIT_STEP_SECONDS: Final = 0.05
_WAIT = "busy_timeout"


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


def _say(connection: Connection, statement: str) -> None:
    async def say(driver: Driver) -> None:
        await driver.execute_fetchall(statement)

    adapted: Any = connection.connection.dbapi_connection
    try:
        adapted.run_async(say)
    except sqlite3.Error as error:
        raise failure_of(error) or error from error
