"""A file that is away, damaged or held by others: said in our words, within a second."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import text

from app.adapters.persistence.database import Database
from app.adapters.persistence.migrations import is_up_to_date, migrate
from app.adapters.persistence.settings import DatabaseSettings
from app.adapters.persistence.sqlite import open_database
from app.kernel.errors import DatabaseBusy, DatabaseUnavailable
from tests.engines.databases import settings_of

HARD_WORK = text(
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
)
"""Never ends by itself."""


@asynccontextmanager
async def opened(settings: DatabaseSettings) -> AsyncIterator[Database]:
    database = open_database(settings)
    yield database
    await database.close()


async def read(database: Database) -> None:
    async with database.reading() as connection:
        await connection.execute(text("SELECT count(*) FROM users"))


async def write(database: Database) -> None:
    async with database.writing() as connection:
        await connection.execute(text("DELETE FROM users"))


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def spoil(file: Path) -> None:
    file.write_bytes(b"not a database, but long enough to be looked at" * 100)


@pytest.mark.parametrize("use", [read, write])
@pytest.mark.parametrize("trouble", ["no folder", "no file", "no database", "no tables"])
async def test_what_cannot_serve_is_unavailable_and_does_not_stop_the_process(
    tmp_path: Path, trouble: str, use: Callable[[Database], object]
) -> None:
    file = tmp_path / "app.db"
    if trouble == "no folder":
        file = tmp_path / "nowhere" / "app.db"
    elif trouble == "no database":
        spoil(file)
    elif trouble == "no tables":
        sqlite3.connect(file).execute("PRAGMA journal_mode = WAL")

    async with opened(settings_of(file)) as database:
        with pytest.raises(DatabaseUnavailable):
            await use(database)  # type: ignore[misc]


async def test_no_empty_file_is_made_where_none_is(tmp_path: Path) -> None:
    async with opened(settings_of(tmp_path / "app.db")) as database:
        assert not await database.ping()

    assert files_in(tmp_path) == []


async def test_a_file_that_comes_back_serves_without_a_restart(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "app.db")
    async with opened(settings) as database:
        assert not await database.ping()

        await migrate(settings)

        assert await database.ping()
        assert await is_up_to_date(database)


async def test_a_damaged_file_that_is_mended_serves_without_a_restart(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "app.db")
    spoil(tmp_path / "app.db")
    async with opened(settings) as database:
        with pytest.raises(DatabaseUnavailable):
            await read(database)

        (tmp_path / "app.db").unlink()
        await migrate(settings)

        await read(database)
        await write(database)


async def test_a_writer_of_another_process_makes_ours_busy_within_a_second(
    database: Database, database_settings: DatabaseSettings
) -> None:
    with _held_by_another(database_settings):
        began = monotonic()
        with pytest.raises(DatabaseBusy) as refused:
            await write(database)
        took = monotonic() - began

        await read(database)
    await write(database)
    assert took < 1.3
    assert refused.value.retry_after_seconds == 1


async def test_all_who_wait_for_a_writer_hear_within_a_second(
    database: Database, database_settings: DatabaseSettings
) -> None:
    with _held_by_another(database_settings):
        began = monotonic()
        outcomes = await asyncio.gather(
            *(write(database) for _ in range(5)), return_exceptions=True
        )
        took = monotonic() - began

    assert [type(outcome) for outcome in outcomes] == [DatabaseBusy] * 5
    assert took < 1.5


async def test_a_pool_with_no_connection_left_is_busy_within_a_second(
    database_settings: DatabaseSettings, tmp_path: Path
) -> None:
    small = settings_of(tmp_path / "test.db", pool_size=2, pool_kept=1)
    async with opened(small) as database, AsyncExitStack() as held:
        for _ in range(2):
            await held.enter_async_context(database.reading())

        began = monotonic()
        with pytest.raises(DatabaseBusy) as refused:
            await read(database)
        took = monotonic() - began

        await write(database)
        await held.aclose()
        await read(database)
    assert 0.9 < took < 1.3
    assert refused.value.retry_after_seconds == 1


async def test_writers_are_served_in_the_order_of_their_coming(database: Database) -> None:
    served: list[int] = []

    async def come(number: int) -> None:
        async with database.writing():
            served.append(number)
            await asyncio.sleep(0)

    await asyncio.gather(*(come(number) for number in range(20)))

    assert served == list(range(20))


@pytest.mark.parametrize("kind", ["reading", "writing"])
async def test_a_statement_that_takes_too_long_is_stopped(
    database_settings: DatabaseSettings, tmp_path: Path, kind: str
) -> None:
    hasty = settings_of(tmp_path / "test.db", statement_timeout_seconds=0.2)
    async with opened(hasty) as database:
        began = monotonic()
        with pytest.raises(DatabaseBusy):
            async with getattr(database, kind)() as connection:
                await connection.execute(HARD_WORK)
        took = monotonic() - began

        await read(database)
        await write(database)
    assert took < 0.7


async def test_a_request_that_gives_up_leaves_no_lock_behind(
    database_settings: DatabaseSettings, tmp_path: Path
) -> None:
    hasty = settings_of(tmp_path / "test.db", statement_timeout_seconds=0.3)
    async with opened(hasty) as database:

        async def dawdle() -> None:
            async with database.writing() as connection:
                await connection.execute(text("DELETE FROM users"))
                await connection.execute(HARD_WORK)

        with pytest.raises(TimeoutError):
            await asyncio.wait_for(dawdle(), 0.1)

        await write(database)


async def test_an_idle_connection_is_renewed(
    database_settings: DatabaseSettings, tmp_path: Path
) -> None:
    restless = settings_of(tmp_path / "test.db", pool_idle_seconds=0.01)
    async with opened(restless) as database:
        first = await _connection_of(database)
        await asyncio.sleep(0.02)

        assert await _connection_of(database) is not first


async def test_a_used_connection_is_kept(database: Database) -> None:
    assert await _connection_of(database) is await _connection_of(database)


async def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(DatabaseUnavailable, match="readonly"):
        async with database.reading() as connection:
            await connection.execute(text("DELETE FROM users"))


@pytest.mark.parametrize(
    "address", ["sqlite://", "sqlite:///:memory:", "other:///app.db", "sqlite:///"]
)
async def test_an_address_that_is_no_file_stops_the_start(address: str) -> None:
    with pytest.raises(ValueError, match="DATABASE_URL"):
        open_database(DatabaseSettings(url=address))  # type: ignore[arg-type]


async def test_a_migration_makes_the_folder_and_says_when_it_cannot(tmp_path: Path) -> None:
    await migrate(settings_of(tmp_path / "new" / "folder" / "app.db"))
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(DatabaseUnavailable):
        await migrate(settings_of(tmp_path / "file" / "app.db"))


@contextmanager
def _held_by_another(settings: DatabaseSettings) -> Iterator[None]:
    """Another connection is in the middle of writing, in a thread of its own."""
    file = settings.url.get_secret_value().removeprefix("sqlite:///")
    has_begun, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        has_begun.set()
        may_end.wait(10)
        other.execute("ROLLBACK")
        other.close()

    thread = threading.Thread(target=hold)
    thread.start()
    has_begun.wait(5)
    try:
        yield
    finally:
        may_end.set()
        thread.join()


async def _connection_of(database: Database) -> object:
    async with database.reading() as connection:
        return (await connection.get_raw_connection()).driver_connection
