"""Which events are to be delivered next, and how their delivery went."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ...kernel.events import Event
from .inbox import inbox
from .outbox import outbox


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt, the first being number 1."""

    event: Event
    attempt: int


class Deliveries:
    """What a relay does within one unit of work."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def is_due(self, now: datetime) -> bool:
        return (await self._connection.execute(_due(now))).first() is not None

    async def take(self, now: datetime, until: datetime) -> Delivery | None:
        """The oldest that is due and has no older one of its subject before it.

        No other relay takes it before `until`, unless this one dies and that time comes.
        """
        due = _due(now).with_for_update(skip_locked=True)
        row = (await self._connection.execute(due)).first()
        if row is None:
            return None
        attempt = row.attempts + 1
        change = update(outbox).where(outbox.c.position == row.position)
        await self._connection.execute(change.values(attempts=attempt, next_attempt_at=until))
        event = Event(row.id, row.name, row.subject, row.occurred_at, row.data)
        return Delivery(event, attempt)

    async def settle(self, delivery: Delivery, now: datetime) -> None:
        change = update(outbox).where(outbox.c.id == delivery.event.id)
        await self._connection.execute(change.values(delivered_at=now))

    async def postpone(self, delivery: Delivery, until: datetime) -> None:
        change = update(outbox).where(outbox.c.id == delivery.event.id)
        await self._connection.execute(change.values(next_attempt_at=until))

    async def forget(self, before: datetime) -> None:
        """What was delivered before goes, and with it the memory of who has acted on it."""
        delivered = and_(outbox.c.delivered_at.is_not(None), outbox.c.delivered_at < before)
        await self._connection.execute(delete(outbox).where(delivered))
        waiting = exists().where(outbox.c.id == inbox.c.event_id)
        await self._connection.execute(delete(inbox).where(inbox.c.seen_at < before, ~waiting))


def _due(now: datetime) -> Select[Any]:
    older = outbox.alias("older")
    is_held_up = exists().where(
        older.c.subject == outbox.c.subject,
        older.c.delivered_at.is_(None),
        older.c.position < outbox.c.position,
    )
    is_due = outbox.c.delivered_at.is_(None), outbox.c.next_attempt_at <= now, ~is_held_up
    return select(outbox).where(*is_due).order_by(outbox.c.position).limit(1)
