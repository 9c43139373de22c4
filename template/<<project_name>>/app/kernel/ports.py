"""What every module may need from outside; adapters fill these in, `bootstrap` hands them over."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol, TypeVar

from .audit import AuditEntry
from .events import Event

T = TypeVar("T")
WorkT = TypeVar("WorkT", covariant=True)


class Works(Protocol[WorkT]):
    """Opens units of work, which are the scope of whatever is asked of the database.

    No work may be opened inside another: two of them could wait for each other for ever.
    """

    def read(self) -> AbstractAsyncContextManager[WorkT]:
        """Sees one consistent state and changes nothing."""

    def begin(self) -> AbstractAsyncContextManager[WorkT]:
        """Leaving it commits, raising in it undoes all of it."""


class Audit(Protocol):
    """Who did what to whom: strictly, or as a note that must never slow a request."""

    async def record(self, entry: AuditEntry) -> None:
        """Commits with the work, or the work does not happen; raises AuditUnavailable."""

    def note(self, entry: AuditEntry) -> None:
        """Returns at once, whatever becomes of the work; a full queue drops and counts it."""


class Work(Protocol):
    """One unit of work: all that it writes bears one time."""

    @property
    def now(self) -> datetime: ...
    @property
    def audit(self) -> Audit: ...


class Outbox(Protocol):
    """Events that leave when, and only when, the work they belong to is committed."""

    async def publish(self, event: Event) -> None: ...


class Cache(Protocol[T]):
    """Answers remembered for a while, by key; truth stays where `load` looks."""

    async def get(self, key: str, load: Callable[[], Awaitable[T | None]]) -> T | None:
        """One `load` at a time per key; `None` is remembered too, for a shorter while."""

    async def forget(self, *keys: str) -> None:
        """A `load` that is under way when its key is forgotten is not remembered."""
