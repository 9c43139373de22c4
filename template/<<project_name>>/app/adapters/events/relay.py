"""Takes events out of the outbox to those who act on them: at least once, in order per subject."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from ...kernel.clock import Clock
from ...kernel.errors import Unavailable
from ...kernel.events import Event
from ..persistence.database import Database
from ..persistence.events import Deliveries, Delivery

Subscriber = Callable[[Event], Awaitable[None]]
"""Acts on an event; it may come again, so acting twice must do no more than acting once."""

OnLook = Callable[[int, float], None]
"""Told how many events have not left yet, and the age of the oldest in seconds."""

POLL_SECONDS: Final = 1.0
"""How often events of other processes, and those to be tried again, are looked for."""

DELIVERY_SECONDS: Final = 10.0
"""How long one delivery may take, over all subscribers."""

TAKEN_FOR: Final = timedelta(seconds=15)
"""How long no other relay touches a taken event; one whose relay was killed waits so long."""

STOP_SECONDS: Final = 5.0
KEPT_FOR: Final = timedelta(days=7)
"""How long delivered events stay, for whoever looks into what happened."""

TIDIED_EVERY: Final = timedelta(hours=1)


class OutboxRelay:
    """A companion of the application: runs beside the requests, one delivery at a time."""

    def __init__(
        self,
        database: Database,
        subscribers: Mapping[str, Sequence[Subscriber]],
        clock: Clock,
        on_look: OnLook | None = None,
    ) -> None:
        self._on_look = on_look
        self._database = database
        self._subscribers = subscribers
        self._clock = clock
        self._log = logging.getLogger("app.events")
        self._woken = asyncio.Event()
        self._is_stopping = False
        self._tidied_at = clock()
        self._trouble: type[Exception] | None = None
        self._running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._database.on_published(self._woken.set)
        self._running = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Delivers what is due, for at most `STOP_SECONDS`; the rest waits in the outbox."""
        self._is_stopping = True
        self._woken.set()
        if self._running is not None:
            await asyncio.wait([self._running], timeout=STOP_SECONDS)
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def drain(self) -> int:
        """Delivers what is due, and what that publishes in turn; says how many that were."""
        if not await self._is_due():
            return 0
        delivered, delivery = 0, await self._take()
        while delivery is not None:
            was_heard = await self._deliver(delivery)
            delivered += was_heard
            delivery = await self._settle_and_take(delivery, was_heard)
        return delivered

    async def _run(self) -> None:
        """Outlives whatever a round meets, above all a database that is away for a while."""
        while True:
            self._woken.clear()
            [outcome] = await asyncio.gather(self._round(), return_exceptions=True)
            self._report(outcome)
            if self._is_stopping:
                return
            await self._wait()

    async def _round(self) -> None:
        await self.drain()
        now = self._clock()
        if now - self._tidied_at >= TIDIED_EVERY:
            self._tidied_at = now
            async with self._database.writing() as connection:
                await Deliveries(connection).forget(now - KEPT_FOR)

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _is_due(self) -> bool:
        """Asked first, because an idle relay must not take the writers' turns."""
        async with self._database.reading() as connection:
            deliveries, now = Deliveries(connection), self._clock()
            if self._on_look is not None:
                pending, lag = await deliveries.waiting(now)
                self._on_look(pending, lag.total_seconds())
            return await deliveries.is_due(now)

    async def _take(self) -> Delivery | None:
        async with self._database.writing() as connection:
            now = self._clock()
            return await Deliveries(connection).take(now, now + TAKEN_FOR)

    async def _settle_and_take(self, delivery: Delivery, was_heard: bool) -> Delivery | None:
        async with self._database.writing() as connection:
            deliveries, now = Deliveries(connection), self._clock()
            if was_heard:
                await deliveries.settle(delivery, now)
            else:
                await deliveries.postpone(delivery, next_attempt_at(delivery.attempt, now))
            return await deliveries.take(now, now + TAKEN_FOR)

    async def _deliver(self, delivery: Delivery) -> bool:
        """False when a subscriber failed, in whatever way: the event comes again."""
        told = asyncio.wait_for(self._tell(delivery.event), DELIVERY_SECONDS)
        [outcome] = await asyncio.gather(told, return_exceptions=True)
        if isinstance(outcome, Exception):
            about = {
                "event_name": delivery.event.name,
                "event_id": str(delivery.event.id),
                "attempt": delivery.attempt,
                "error": type(outcome).__name__,
            }
            self._log.warning("event_not_delivered", extra=about)
        return outcome is None

    async def _tell(self, event: Event) -> None:
        for subscriber in self._subscribers.get(event.name, ()):
            await subscriber(event)

    def _report(self, outcome: object) -> None:
        """Once per trouble, not once per second."""
        trouble = outcome if isinstance(outcome, Exception) else None
        is_new = trouble is not None and type(trouble) is not self._trouble
        self._trouble = None if trouble is None else type(trouble)
        if is_new and isinstance(trouble, Unavailable):
            self._log.warning("outbox_out_of_reach", extra={"error": type(trouble).__name__})
        elif is_new:
            self._log.error("relay_failed", exc_info=trouble)


def next_attempt_at(attempt: int, now: datetime) -> datetime:
    """1, 2, 4 … seconds after the first, second, third attempt; never more than 5 minutes."""
    return now + timedelta(seconds=min(2 ** min(attempt - 1, 9), 300))
