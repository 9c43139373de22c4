"""Logs: one event per line on standard error, ours and other libraries' alike.

Everybody logs with the standard library: the message names the event, `extra` holds its fields.
"""

import logging
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, TextIO

from ...kernel.request import request_id
from .redaction import hide_secrets
from .rendering import as_console, as_json
from .settings import TelemetrySettings

TOO_TALKATIVE: Final = (
    "aiosqlite",
    "alembic",
    "asyncio",
    "granian.access",
    "hpack",
    "httpcore",
    "httpx",
    "sqlalchemy",
    "watchfiles",
)
"""These write URLs, statements or bodies with what is in them: only warnings are heard."""

_NO_FIELDS: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def configure_logs(settings: TelemetrySettings, stream: TextIO | None = None) -> None:
    """Takes over the root logger of this process."""
    handler = logging.StreamHandler(_utf8(stream or sys.stderr))
    handler.setFormatter(EventFormatter(as_json if settings.log_format == "json" else as_console))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    for name in TOO_TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    # A full disk or a closed pipe must not end a request.
    logging.raiseExceptions = False


class EventFormatter(logging.Formatter):
    """Turns a record into an event without secrets, and renders that."""

    def __init__(self, render: Callable[[dict[str, object]], str]) -> None:
        super().__init__()
        self._render = render

    def format(self, record: logging.LogRecord) -> str:
        written_at = datetime.fromtimestamp(record.created, UTC)
        event: dict[str, object] = {
            "timestamp": written_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _message(record),
        }
        if current := request_id.get():
            event["request_id"] = current
        fields = vars(record)
        event |= {f: v for f, v in fields.items() if f not in _NO_FIELDS and f not in event}
        if record.exc_info:
            event["exception"] = self.formatException(record.exc_info)
        return self._render(hide_secrets(event))


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        # Placeholders and arguments do not fit: better a raw line than none.
        return str(record.msg)


def _utf8(stream: TextIO) -> TextIO:
    # A Windows terminal would otherwise fail on Chinese.
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="backslashreplace")
    return stream
