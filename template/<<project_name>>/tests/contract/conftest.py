"""A database with all tables and no rows, on every engine that this machine has."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.adapters.persistence import open_database
from app.adapters.persistence.database import Database
from app.adapters.persistence.settings import DatabaseSettings
from tests.clock import TurnableClock
from tests.contract.stores import Stores
from tests.engines.databases import Engine, engines_present


@pytest.fixture(params=engines_present(), ids=lambda engine: engine.name)
def engine(request: pytest.FixtureRequest) -> Engine:
    chosen: Engine = request.param
    return chosen


@pytest.fixture
async def database_settings(engine: Engine, tmp_path: Path) -> DatabaseSettings:
    """Patient, because what is tested here is not how long a busy machine takes."""
    settings = await engine.fresh(tmp_path)
    return settings.model_copy(update={"acquire_timeout_seconds": 20})


@pytest.fixture
async def database(database_settings: DatabaseSettings) -> AsyncIterator[Database]:
    database = open_database(database_settings)
    yield database
    await database.close()


@pytest.fixture
def stores(database: Database, clock: TurnableClock) -> Stores:
    return Stores(database, clock)
