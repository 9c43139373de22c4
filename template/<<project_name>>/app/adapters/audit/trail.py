"""The audit trail: strict events commit with their work, notes follow on their own."""

from datetime import datetime

from ...kernel.audit import AuditEntry
from ...kernel.clock import Clock
from ...kernel.errors import AuditUnavailable, Failure
from ...kernel.ids import new_id
from ...kernel.ports import Audit
from ...kernel.request import request_id
from .ports import AuditRow, AuditStore, OpenStore
from .pseudonyms import Pseudonyms
from .queue import NoteQueue
from .settings import AuditSettings


class Trail:
    """One per process; it is a companion of the application."""

    def __init__(self, open_store: OpenStore, settings: AuditSettings, clock: Clock) -> None:
        self._open_store = open_store
        self._queue = NoteQueue(open_store, settings)
        self._pseudonyms = Pseudonyms(settings)
        self._clock = clock

    @property
    def dropped(self) -> int:
        """Notes that were lost since the process began."""
        return self._queue.dropped

    @property
    def waiting(self) -> int:
        """Notes that are not written yet."""
        return len(self._queue)

    def within(self, store: AuditStore, now: datetime) -> Audit:
        """For one unit of work: `store` writes in it, `now` is its time."""
        return WorkAudit(self, store, now)

    async def commit(self, entry: AuditEntry) -> None:
        """A strict event in a work of its own; raises AuditUnavailable."""
        try:
            async with self._open_store() as store:
                await store.append([self._row(entry, self._clock())])
        except Failure as error:
            raise _unavailable(error) from error

    def note(self, entry: AuditEntry, now: datetime) -> None:
        self._queue.put(self._row(entry, now))

    async def record(self, entry: AuditEntry, store: AuditStore, now: datetime) -> None:
        """Raises AuditUnavailable."""
        try:
            await store.append([self._row(entry, now)])
        except Failure as error:
            raise _unavailable(error) from error

    async def start(self) -> None:
        await self._queue.start()

    async def stop(self) -> None:
        await self._queue.stop()

    def _row(self, entry: AuditEntry, now: datetime) -> AuditRow:
        return AuditRow(
            id=new_id(),
            happened_at=now,
            request_id=request_id.get(),
            action=entry.action,
            actor=self._pseudonyms.of(entry.actor),
            subject=self._pseudonyms.of(entry.subject),
            outcome=entry.outcome,
            details=dict(entry.details),
        )


class WorkAudit:
    """The trail as one unit of work sees it."""

    def __init__(self, trail: Trail, store: AuditStore, now: datetime) -> None:
        self._trail = trail
        self._store = store
        self._now = now

    async def record(self, entry: AuditEntry) -> None:
        await self._trail.record(entry, self._store, self._now)

    def note(self, entry: AuditEntry) -> None:
        self._trail.note(entry, self._now)


def _unavailable(error: Failure) -> AuditUnavailable:
    return AuditUnavailable(str(error), retry_after_seconds=error.retry_after_seconds)
