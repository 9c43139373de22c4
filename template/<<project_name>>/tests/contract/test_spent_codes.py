"""A code may be exchanged by one caller, over all processes."""

import asyncio

from sqlalchemy import func, select

from app.adapters.persistence import open_database
from app.adapters.persistence.database import Database
from app.adapters.persistence.identity import SqlSpentCodes, spent_codes
from app.adapters.persistence.settings import DatabaseSettings
from tests.clock import TurnableClock


async def test_a_code_is_claimed_once(database: Database, clock: TurnableClock) -> None:
    codes = SqlSpentCodes(database, clock)

    claims = await asyncio.gather(*(codes.claim("code") for _ in range(20)))

    assert sorted(claims) == [False] * 19 + [True]


async def test_a_code_is_claimed_once_over_two_processes(
    database: Database, database_settings: DatabaseSettings, clock: TurnableClock
) -> None:
    other = open_database(database_settings)
    both = SqlSpentCodes(database, clock), SqlSpentCodes(other, clock)

    claims = await asyncio.gather(*(codes.claim("code") for codes in both * 5))

    await other.close()
    assert sum(claims) == 1


async def test_codes_are_kept_as_hashes_for_ten_minutes(
    database: Database, clock: TurnableClock
) -> None:
    codes = SqlSpentCodes(database, clock)
    await codes.claim("old")
    clock.advance(seconds=601)
    await codes.claim("new")

    async with database.reading() as connection:
        kept = (await connection.execute(select(spent_codes.c.code_hash))).scalars().all()
    assert len(kept) == 1
    assert b"new" not in kept[0]


async def test_tidying_is_left_out_most_of_the_time(
    database: Database, clock: TurnableClock
) -> None:
    codes = SqlSpentCodes(database, clock)
    await codes.claim("a")
    clock.advance(seconds=30)
    await codes.claim("b")

    async with database.reading() as connection:
        count = select(func.count()).select_from(spent_codes)
        assert (await connection.execute(count)).scalar_one() == 2
