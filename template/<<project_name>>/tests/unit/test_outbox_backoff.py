"""How long an event waits after it could not be delivered."""

from datetime import UTC, datetime, timedelta

import pytest

from app.adapters.events.relay import next_attempt_at

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attempt", "seconds"), [(1, 1), (2, 2), (3, 4), (9, 256), (10, 300), (10_000, 300)]
)
def test_the_wait_doubles_up_to_five_minutes(attempt: int, seconds: int) -> None:
    assert next_attempt_at(attempt, NOW) == NOW + timedelta(seconds=seconds)
