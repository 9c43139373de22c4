"""The backend as a command uses it: for one task, then closed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ...application import Application
from ...bootstrap import House, build


@asynccontextmanager
async def opened(house: House) -> AsyncIterator[Application]:
    """What the task publishes or notes has left when this ends, as far as it could."""
    async with build(house) as application:
        yield application
