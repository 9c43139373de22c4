"""The schema through the years: one branch of revisions per owner, which never meet in one line.

`platform` and each module own a folder here, and so do you: `yours` holds the revisions that
you write, on top of whatever comes with an update of the template.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from ....modules import NAMES
from .. import open_for_migration
from ..database import Database
from ..settings import DatabaseSettings

PLATFORM: Final = "platform"
YOURS: Final = "yours"
OWNERS: Final = (PLATFORM, *NAMES, YOURS)
HERE: Final = Path(__file__).parent


async def migrate(settings: DatabaseSettings) -> None:
    """Brings the database up to date, all of it or nothing; safe to repeat and to race.

    Raises DatabaseUnavailable or DatabaseBusy.
    """
    await run(settings, lambda config: command.upgrade(config, "heads"))


async def is_up_to_date(database: Database) -> bool:
    """Also true for a database that a newer version of this project has migrated.

    Raises DatabaseUnavailable or DatabaseBusy.
    """
    async with database.reading() as connection:
        return await connection.run_sync(_lacks_nothing)


async def make_revision(settings: DatabaseSettings, message: str, now: datetime) -> Path:
    """Writes a revision into `yours` that makes the database equal to the tables in the code.

    Read it before you migrate with it. It needs a database that is up to date.
    """
    folder = HERE / YOURS
    before = set(folder.glob("*.py"))

    def write(config: Config) -> None:
        scripts = ScriptDirectory.from_config(config)
        yours = [head for head in scripts.get_heads() if head.startswith(YOURS)]
        # Those that no other one implies, which Alembic would not bear to be named.
        applied = MigrationContext.configure(config.attributes["connection"]).get_current_heads()
        command.revision(
            config,
            message,
            autogenerate=True,
            head=yours[0] if yours else "base",
            branch_label=None if yours else YOURS,
            version_path=folder,
            rev_id=f"{YOURS}_{now:%Y%m%d%H%M%S}",
            # So that a new database gets our tables before yours that point to them; the
            # annotation says `str`, the function takes several.
            depends_on=[head for head in applied if not head.startswith(YOURS)],  # type: ignore[arg-type]
        )

    await run(settings, write)
    (written,) = set(folder.glob("*.py")) - before
    return written


async def run(settings: DatabaseSettings, step: Callable[[Config], object]) -> None:
    """Runs one of Alembic's commands on a connection of our own, in one transaction."""

    def within(connection: Connection) -> None:
        config = configuration()
        config.attributes["connection"] = connection
        step(config)

    async with open_for_migration(settings) as connection:
        await connection.run_sync(within)


def configuration() -> Config:
    """What would stand in an `alembic.ini`."""
    config = Config()
    folders = [HERE / owner for owner in OWNERS]
    options = {
        "script_location": str(HERE),
        "path_separator": "newline",
        "version_locations": "\n".join(str(folder) for folder in folders if folder.is_dir()),
        "file_template": "%(rev)s_%(slug)s",
    }
    for name, value in options.items():
        config.set_main_option(name, value.replace("%", "%%"))
    return config


def _lacks_nothing(connection: Connection) -> bool:
    scripts = ScriptDirectory.from_config(configuration())
    applied = MigrationContext.configure(connection).get_current_heads()
    known = {script.revision for script in scripts.walk_revisions()}
    if not set(applied) <= known:
        return True
    reached = scripts.iterate_revisions(applied, "base") if applied else ()
    return known <= {script.revision for script in reached}
