"""Settings of a database that is not there yet."""

from pathlib import Path

import pytest

from app.adapters.persistence.settings import DatabaseSettings
from tests.engines.databases import settings_of


@pytest.fixture
def database_settings(tmp_path: Path) -> DatabaseSettings:
    return settings_of(tmp_path / "app.db")
