"""Units of work on the database: what is read or written together, and over which connection."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, TypeVar, cast

from sqlalchemy import select
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.pool import QueuePool

from ...kernel.clock import Clock
from ...kernel.errors import DatabaseBusy, Unavailable

RETRY_AFTER_SECONDS: Final = 1
WAIT_SECONDS: Final = "wait_seconds"
"""The execution option that says how long beginning a work may still take."""

_PUBLISHED = "published"

WorkT = TypeVar("WorkT", covariant=True)

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

    @property
    def connections_in_use(self) -> int:
        """Of both pools, at this moment."""
        pools = (cast(QueuePool, engine.pool) for engine in (self._reader, self._writer))
        return sum(pool.checkedout() for pool in pools)

    async def close(self) -> None:
        await self._reader.dispose()
        await self._writer.dispose()

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()


class SqlWorks(Generic[WorkT]):
    """`prepare` fetches what a work needs from elsewhere, before a connection is taken.

    So nobody waits for a key while others wait for the connection.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        prepare: Callable[[], Awaitable[Callable[[Scope], WorkT]]],
    ) -> None:
        self._database = database
        self._clock = clock
        self._prepare = prepare

    @asynccontextmanager
    async def read(self) -> AsyncIterator[WorkT]:
        assemble = await self._prepare()
        async with self._database.reading() as connection:
            yield assemble(Scope(connection, self._clock()))

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[WorkT]:
        assemble = await self._prepare()
        async with self._database.writing() as connection:
            yield assemble(Scope(connection, self._clock()))


def mark_published(connection: AsyncConnection) -> None:
    """Says that this work publishes an event, should it commit."""
    connection.info[_PUBLISHED] = True


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
