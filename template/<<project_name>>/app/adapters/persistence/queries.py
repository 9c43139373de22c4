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
    log = logging.getLogger("app.database")

    def start(connection: Connection, *_: Any) -> None:
        connection.info[_STARTED] = perf_counter()

    def finish(connection: Connection, statement: str | None) -> None:
        started = connection.info.pop(_STARTED, None)
        if started is None:
            return
        seconds = perf_counter() - started
        if on_query is not None:
            on_query(seconds)
        if seconds > slow_query_seconds:
            log.warning("slow_query", extra={"statement": statement, "seconds": round(seconds, 4)})

    def succeed(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        finish(connection, statement)

    def fail(context: ExceptionContext) -> None:
        if context.connection is not None and not context.connection.invalidated:
            finish(context.connection, context.statement)

    event.listen(engine.sync_engine, "before_cursor_execute", start)
    event.listen(engine.sync_engine, "after_cursor_execute", succeed)
    event.listen(engine.sync_engine, "handle_error", fail)
