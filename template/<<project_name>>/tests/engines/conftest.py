"""A SQLite file with all tables and no rows."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.adapters.persistence.database import Database
from app.adapters.persistence.settings import DatabaseSettings
from app.adapters.persistence.sqlite import open_database
from tests.clock import TurnableClock
from tests.contract.stores import Stores
from tests.engines.databases import FreshFiles

FILES = FreshFiles()


@pytest.fixture
async def database_settings(tmp_path: Path) -> DatabaseSettings:
    return await FILES.fresh(tmp_path)


@pytest.fixture
async def database(database_settings: DatabaseSettings) -> AsyncIterator[Database]:
    database = open_database(database_settings)
    yield database
    await database.close()


@pytest.fixture
def stores(database: Database, clock: TurnableClock) -> Stores:
    return Stores(database, clock)
