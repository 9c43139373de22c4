"""The audit trail: strict events commit with their work, notes follow on their own.

Notes wait in a bounded queue and are stored in batches, off the request path.
People stand in the trail under pseudonyms.
"""

import asyncio
import hmac
import logging
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice
from typing import Final

from ...kernel.audit import AuditEntry
from ...kernel.clock import Clock
from ...kernel.errors import AuditUnavailable, Failure
from ...kernel.ids import new_id
from ...kernel.ports import Audit
from ...kernel.request import request_id
from .ports import AuditRow, AuditStore, OpenStore
from .settings import AuditSettings

_log = logging.getLogger(__name__)

ROLES: Final = frozenset({"operator", "system"})
"""Who is nobody in particular keeps the name."""


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


class NoteQueue:
    """What a failing store refuses is kept and tried again; what finds no room is counted."""

    def __init__(self, open_store: OpenStore, settings: AuditSettings) -> None:
        self._open_store = open_store
        self._settings = settings
        self._rows: deque[AuditRow] = deque()
        self._arrived = asyncio.Event()
        self._stopping = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._rows)

    def put(self, row: AuditRow) -> None:
        """Returns at once."""
        if len(self._rows) >= self._settings.queue_size:
            self.dropped += 1
            return
        self._rows.append(row)
        self._arrived.set()

    async def start(self) -> None:
        self._stopping.clear()
        self._writer = asyncio.create_task(self._write_as_they_arrive())

    async def stop(self) -> None:
        """Writes what is queued within `drain_seconds`; the rest is counted as dropped."""
        self._stopping.set()
        self._arrived.set()
        if self._writer is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._settings.drain_seconds):
                    await self._writer
        self._give_up()

    async def _write_as_they_arrive(self) -> None:
        is_last = False
        while not is_last:
            await self._arrived.wait()
            self._arrived.clear()
            await self._linger()
            is_last = self._stopping.is_set()
            await self._write_all()

    async def _write_all(self) -> None:
        while self._rows:
            if not await self._write_batch():
                await asyncio.sleep(self._settings.retry_seconds)

    async def _linger(self) -> None:
        """Lets a batch come together, unless the process is on its way out."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._settings.linger_seconds):
                await self._stopping.wait()

    async def _write_batch(self) -> bool:
        batch = list(islice(self._rows, self._settings.batch_size))
        # There is no caller to raise to: whatever the failure is, the batch stays in the queue.
        [failure] = await asyncio.gather(self._append(batch), return_exceptions=True)
        if failure is not None:
            _log.warning("audit notes wait: %s", type(failure).__name__)
            return False
        for _ in batch:
            self._rows.popleft()
        return True

    async def _append(self, batch: Sequence[AuditRow]) -> None:
        async with self._open_store() as store:
            await store.append(batch)

    def _give_up(self) -> None:
        if self._rows:
            _log.error("audit notes dropped: %d", len(self._rows))
        self.dropped += len(self._rows)
        self._rows.clear()


class Pseudonyms:
    """Names that stay the same for one person and tell nobody who it is."""

    def __init__(self, settings: AuditSettings) -> None:
        self._key = bytes.fromhex(settings.pseudonym_key.get_secret_value())

    def of(self, id: str) -> str:
        """HMAC-SHA-256, cut to 16 bytes, in hexadecimal: 32 characters."""
        if id in ROLES:
            return id
        return hmac.digest(self._key, id.encode("utf-8"), "sha256")[:16].hex()


def _unavailable(error: Failure) -> AuditUnavailable:
    return AuditUnavailable(str(error), retry_after_seconds=error.retry_after_seconds)
