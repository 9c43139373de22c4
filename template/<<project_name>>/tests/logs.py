"""All that this process logs while a test looks."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

from app.adapters.telemetry import configure_logs
from app.adapters.telemetry.settings import TelemetrySettings


@contextmanager
def everything_logged() -> Iterator[StringIO]:
    """At the lowest level that an operator can choose."""
    stream = StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_logs(TelemetrySettings(log_level="DEBUG"), stream)
    try:
        yield stream
    finally:
        root.handlers[:], root.level = handlers, level
