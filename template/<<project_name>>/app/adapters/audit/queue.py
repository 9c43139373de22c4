"""Notes on their way to the store: bounded, in batches, off the request path."""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice

from .ports import AuditRow, OpenStore
from .settings import AuditSettings

_log = logging.getLogger(__name__)


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
