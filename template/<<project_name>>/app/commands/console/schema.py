"""Whether the database has what this version's migrations make."""

from ...adapters.persistence import open_database
from ...adapters.persistence.migrations import is_up_to_date
from ...settings import Settings
from .refusals import CannotDo


async def is_migrated(settings: Settings) -> bool:
    """Raises DatabaseUnavailable or DatabaseBusy."""
    database = open_database(settings.database)
    try:
        return await is_up_to_date(database)
    finally:
        await database.close()


async def require_migrated(settings: Settings) -> None:
    """Raises CannotDo, DatabaseUnavailable or DatabaseBusy."""
    if not await is_migrated(settings):
        raise CannotDo("The database lacks migrations; run `python -m app migrate` first.")
