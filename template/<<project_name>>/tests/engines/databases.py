"""The databases that the suite runs on: a SQLite file always, a server where one is named.

`TEST_DATABASE_URL` names an empty database that the tests may do with as they like.
"""

import os
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import delete, update

from app.adapters.persistence import open_for_migration
from app.adapters.persistence.audit import audit_head
from app.adapters.persistence.migrations import migrate
from app.adapters.persistence.schema import all_tables
from app.adapters.persistence.settings import DatabaseSettings


@dataclass(frozen=True, slots=True)
class Engine:
    """`fresh` gives the settings of a database that has all tables and no rows."""

    name: str
    fresh: Callable[[Path], Awaitable[DatabaseSettings]]


def engines_present() -> list[Engine]:
    server = [Engine("server", _fresh_server)] if "TEST_DATABASE_URL" in os.environ else []
    return [Engine("sqlite", FreshFiles().fresh), *server]


class FreshFiles:
    """Migrates one file, and hands out copies of it."""

    def __init__(self) -> None:
        self._migrated: Path | None = None

    async def fresh(self, folder: Path) -> DatabaseSettings:
        if self._migrated is None:
            first = folder / "migrated.db"
            await migrate(settings_of(first))
            self._migrated = first
        return settings_of(Path(shutil.copy(self._migrated, folder / "test.db")))


def settings_of(file: Path, **others: float) -> DatabaseSettings:
    return DatabaseSettings(url=SecretStr(f"sqlite:///{file}"), **others)  # type: ignore[arg-type]


async def _fresh_server(_: Path) -> DatabaseSettings:
    settings = DatabaseSettings(url=SecretStr(os.environ["TEST_DATABASE_URL"]))
    await migrate(settings)
    async with open_for_migration(settings) as connection:
        for table in reversed(all_tables().sorted_tables):
            if table is not audit_head:
                await connection.execute(delete(table))
        await connection.execute(update(audit_head).values(position=0, hash=bytes(32)))
    return settings
