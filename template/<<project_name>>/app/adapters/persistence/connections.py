"""What every engine's connections have: a place in a pool, a watch, and errors in our words."""

import logging
from collections.abc import Callable, Mapping
from time import monotonic, perf_counter
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry

from ...kernel.errors import Failure
from .settings import DatabaseSettings

OnQuery = Callable[[float], None]
"""Called with the seconds that a statement took, failed ones included."""

_STARTED = "statement_started"
_IDLE_SINCE = "idle_since"


def pool_options(settings: DatabaseSettings) -> Mapping[str, Any]:
    """For `create_async_engine`; the one used last is used next, so that the others can age."""
    return {
        "poolclass": AsyncAdaptedQueuePool,
        "pool_size": settings.pool_kept,
        "max_overflow": settings.pool_size - settings.pool_kept,
        "pool_timeout": settings.acquire_timeout_seconds,
        "pool_recycle": settings.pool_life_seconds,
        "pool_use_lifo": True,
    }


def renew_idle(engine: AsyncEngine, idle_seconds: float) -> None:
    """A connection that lay idle for too long is replaced when it is asked for."""

    def rest(_connection: Any, entry: ConnectionPoolEntry) -> None:
        entry.info[_IDLE_SINCE] = monotonic()

    def wake(_connection: Any, entry: ConnectionPoolEntry, _proxy: Any) -> None:
        if monotonic() - entry.info.get(_IDLE_SINCE, monotonic()) > idle_seconds:
            raise DisconnectionError

    event.listen(engine.sync_engine, "checkin", rest)
    event.listen(engine.sync_engine, "checkout", wake)


def guard(engine: AsyncEngine, failure_of: Callable[[BaseException], Failure | None]) -> None:
    """Lets `failure_of` translate the driver's errors at the statement that they come from.

    What it gives `None` for stays as it is: that is a fault of ours.
    """

    def translate(context: ExceptionContext) -> BaseException | None:
        return failure_of(context.original_exception)

    event.listen(engine.sync_engine, "handle_error", translate, retval=True)


def watch(engine: AsyncEngine, slow_query_seconds: float, on_query: OnQuery | None) -> None:
    """A slow statement is logged by its text, which holds no values: those travel apart."""
    watcher = _Watcher(slow_query_seconds, on_query)
    event.listen(engine.sync_engine, "before_cursor_execute", watcher.start)
    event.listen(engine.sync_engine, "after_cursor_execute", watcher.succeed)
    event.listen(engine.sync_engine, "handle_error", watcher.fail)


class _Watcher:
    def __init__(self, slow_query_seconds: float, on_query: OnQuery | None) -> None:
        self._slow_query_seconds = slow_query_seconds
        self._on_query = on_query
        self._log = logging.getLogger("app.database")

    def start(self, connection: Connection, *_: Any) -> None:
        connection.info[_STARTED] = perf_counter()

    def succeed(self, connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        self._finish(connection, statement)

    def fail(self, context: ExceptionContext) -> None:
        if context.connection is not None and context.statement is not None:
            self._finish(context.connection, context.statement)

    def _finish(self, connection: Connection, statement: str) -> None:
        seconds = perf_counter() - connection.info.pop(_STARTED, perf_counter())
        if self._on_query is not None:
            self._on_query(seconds)
        if seconds > self._slow_query_seconds:
            about = {"statement": statement, "seconds": round(seconds, 4)}
            self._log.warning("slow_query", extra=about)
