"""Connections for units of work, and the border where a driver's errors become ours."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import event, select
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ...kernel.errors import DatabaseBusy, Failure, Unavailable

RETRY_AFTER_SECONDS: Final = 1
WAIT_SECONDS: Final = "wait_seconds"
"""The execution option that says how long beginning a work may still take."""

_PUBLISHED = "published"

Turn = Callable[[], AbstractAsyncContextManager[float]]
"""Waits for the right to write and gives the seconds that are left of the time to wait."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What every repository of one unit of work shares."""

    connection: AsyncConnection
    now: datetime


class Database:
    """`reader` and `writer` have pools of their own, so neither can starve the other.

    Everything raises DatabaseUnavailable or DatabaseBusy when the engine cannot serve.
    """

    def __init__(self, reader: AsyncEngine, writer: AsyncEngine, turn: Turn) -> None:
        self._reader = reader
        self._writer = writer
        self._turn = turn
        self._listeners: list[Callable[[], None]] = []

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """One consistent state; writing in it fails."""
        async with _connected(self._reader) as connection:
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Leaving it commits, raising in it undoes all of it."""
        async with self._turn() as left, _connected(self._writer) as connection:
            await connection.execution_options(**{WAIT_SECONDS: left})
            async with connection.begin():
                connection.info[_PUBLISHED] = False
                yield connection
            has_published = connection.info[_PUBLISHED]
        if has_published:
            self._tell()

    async def ping(self) -> bool:
        """Whether the database answers."""
        try:
            async with self.reading() as connection:
                await connection.execute(select(1))
        except Unavailable:
            return False
        return True

    def on_published(self, listener: Callable[[], None]) -> None:
        """`listener` is called after each commit of this process that published an event."""
        self._listeners.append(listener)

    async def close(self) -> None:
        await self._reader.dispose()
        await self._writer.dispose()

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()


def mark_published(connection: AsyncConnection) -> None:
    """Says that this work publishes an event, should it commit."""
    connection.info[_PUBLISHED] = True


def guard(engine: AsyncEngine, failure_of: Callable[[BaseException], Failure | None]) -> None:
    """Lets `failure_of` translate the driver's errors at the statement that they come from.

    What it gives `None` for stays as it is: that is a fault of ours.
    """

    def translate(context: ExceptionContext) -> BaseException | None:
        return failure_of(context.original_exception)

    event.listen(engine.sync_engine, "handle_error", translate, retval=True)


def busy(detail: str) -> DatabaseBusy:
    return DatabaseBusy(detail, retry_after_seconds=RETRY_AFTER_SECONDS)


@asynccontextmanager
async def _connected(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    async with AsyncExitStack() as stack:
        try:
            connection = await stack.enter_async_context(engine.connect())
        except PoolTimeout as error:
            raise busy("no connection was free in time") from error
        yield connection
