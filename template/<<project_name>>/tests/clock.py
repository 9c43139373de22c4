"""A clock that stands still until a test turns it."""

from datetime import UTC, datetime, timedelta


class TurnableClock:
    """Fulfils `app.kernel.clock.Clock`."""

    def __init__(self, now: datetime | None = None) -> None:
        self._now = now or datetime.now(UTC).replace(microsecond=0)

    def __call__(self) -> datetime:
        return self._now

    def advance(self, *, seconds: float = 0, days: float = 0) -> None:
        self._now += timedelta(seconds=seconds, days=days)
