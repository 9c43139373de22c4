"""What you write into `yours` lives beside whatever an update of the template brings."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, ForeignKey, Table, Uuid, inspect

from app.adapters.persistence import migrations, open_database, open_for_migration
from app.adapters.persistence.columns import UtcTime
from app.adapters.persistence.migrations import (
    configuration,
    is_up_to_date,
    make_revision,
    migrate,
    run,
)
from app.adapters.persistence.schema import metadata
from app.adapters.persistence.settings import DatabaseSettings
from tests.engines.databases import settings_of

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
OURS_OF_THE_NEXT_RELEASE = """
from alembic import op
import sqlalchemy as sa

revision = "orders_0002"
down_revision = "orders_0001"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("orders") as orders:
        orders.add_column(sa.Column("remark", sa.String(64)))


def downgrade():
    with op.batch_alter_table("orders") as orders:
        orders.drop_column("remark")
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the migrations, so that the project itself stays as it is."""
    copy = tmp_path / "migrations"
    shutil.copytree(migrations.HERE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for yours in (copy / "yours").glob("*.py"):
        yours.unlink()
    monkeypatch.setattr(migrations, "HERE", copy)
    return copy


@pytest.fixture
def wishlists() -> object:
    """A table of yours, declared while the test runs."""
    table = Table(
        "wishlists",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
        Column("created_at", UtcTime, nullable=False),
    )
    yield table
    metadata.remove(table)


async def columns_of(settings: DatabaseSettings, table: str) -> set[str]:
    def names(connection: Connection) -> set[str]:
        return {column["name"] for column in inspect(connection).get_columns(table)}

    async with open_for_migration(settings) as connection:
        return await connection.run_sync(names)


@pytest.mark.usefixtures("wishlists")
async def test_a_revision_of_yours_lives_on_when_ours_grow(
    database_settings: DatabaseSettings, folder: Path
) -> None:
    await migrate(database_settings)
    written = await make_revision(database_settings, "wishlists", NOW)
    await migrate(database_settings)

    (folder / "orders" / "orders_0002_remark.py").write_text(OURS_OF_THE_NEXT_RELEASE)
    await migrate(database_settings)

    assert written == folder / "yours" / "yours_20260501120000_wishlists.py"
    assert await columns_of(database_settings, "wishlists") == {"id", "user_id", "created_at"}
    assert "remark" in await columns_of(database_settings, "orders")


@pytest.mark.usefixtures("wishlists")
async def test_a_new_database_gets_our_tables_before_yours(
    database_settings: DatabaseSettings, folder: Path
) -> None:
    await migrate(database_settings)
    await make_revision(database_settings, "wishlists", NOW)
    new = settings_of(folder.parent / "new.db")

    await run(new, lambda config: command.upgrade(config, "yours@head"))

    database = open_database(new)
    assert await is_up_to_date(database)
    await database.close()


@pytest.mark.usefixtures("wishlists")
async def test_a_revision_of_yours_stands_on_none_of_ours(
    database_settings: DatabaseSettings, folder: Path
) -> None:
    await migrate(database_settings)

    written = await make_revision(database_settings, "wishlists", NOW)

    first = ScriptDirectory.from_config(configuration()).get_revision("yours@head")
    assert first is not None
    assert first.down_revision is None
    assert "columns.UtcTime()" in written.read_text()


async def test_a_second_revision_of_yours_follows_the_first(
    database_settings: DatabaseSettings, folder: Path
) -> None:
    await migrate(database_settings)
    first = await make_revision(database_settings, "first", NOW)
    await migrate(database_settings)

    second = await make_revision(database_settings, "second", NOW + timedelta(hours=1))
    await migrate(database_settings)

    scripts = ScriptDirectory.from_config(configuration())
    last = scripts.get_revision("yours@head")
    assert last is not None
    assert Path(last.path) == second
    assert last.down_revision == first.name.removesuffix("_first.py")
