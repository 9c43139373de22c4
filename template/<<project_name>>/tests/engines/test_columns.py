"""Column types keep what the modules mean."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import literal, select
from sqlalchemy.exc import StatementError

from app.adapters.persistence.columns import UtcTime
from app.adapters.persistence.database import Database


async def read_back(database: Database, time: datetime | None) -> datetime | None:
    async with database.reading() as connection:
        found = await connection.execute(select(literal(time, UtcTime())))
        return found.scalar_one()


async def test_a_time_comes_back_aware_and_in_utc(database: Database) -> None:
    in_shanghai = datetime(2026, 1, 1, 8, 0, 0, 123456, timezone(timedelta(hours=8)))

    read = await read_back(database, in_shanghai)

    assert read == in_shanghai
    assert read is not None
    assert read.tzinfo is UTC


async def test_no_time_stays_no_time(database: Database) -> None:
    assert await read_back(database, None) is None


async def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="without a zone"):
        await read_back(database, datetime(2026, 1, 1))
