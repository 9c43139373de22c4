"""The backend as a command uses it: for one task, then closed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ...adapters.persistence import open_database
from ...adapters.persistence.migrations import is_up_to_date
from ...application import Application
from ...bootstrap import House, build
from ...settings import Settings
from .refusals import CannotDo


@asynccontextmanager
async def opened(house: House) -> AsyncIterator[Application]:
    """What the task publishes or notes has left when this ends, as far as it could."""
    async with build(house) as application:
        yield application


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
