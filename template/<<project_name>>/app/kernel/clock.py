"""What time it is, as a port: the process passes `utc_now`, tests pass a clock that they turn."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)
