"""Units of work on the database: what is read or written together."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

from ...kernel.clock import Clock
from .database import Database, Scope

WorkT = TypeVar("WorkT", covariant=True)


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
