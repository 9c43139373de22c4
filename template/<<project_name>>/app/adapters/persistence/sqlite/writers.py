"""Who may write next."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

from ..database import busy


class WriterQueue:
    """One writing work at a time in this process, first come, first served.

    SQLite's own waiting is polling, in no order; it is left to writers of other processes.
    """

    def __init__(self, timeout_seconds: float) -> None:
        self._timeout_seconds = timeout_seconds
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[float]:
        """Gives the seconds that are left of the timeout; raises DatabaseBusy."""
        deadline = monotonic() + self._timeout_seconds
        try:
            async with asyncio.timeout(self._timeout_seconds):
                await self._turn.acquire()
        except TimeoutError as error:
            raise busy("others are writing") from error
        try:
            yield max(deadline - monotonic(), 0)
        finally:
            self._turn.release()
