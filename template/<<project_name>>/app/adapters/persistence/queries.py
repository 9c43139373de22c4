"""Watches every statement: how long it took, and which ones took too long."""

import logging
from collections.abc import Callable
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine

OnQuery = Callable[[float], None]
"""Called with the seconds that a statement took, failed ones included."""

_STARTED = "statement_started"


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
