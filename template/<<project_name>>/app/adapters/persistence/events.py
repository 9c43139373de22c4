"""Events on their way: out with the work that published them, and heard once by each consumer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    Column,
    Index,
    Integer,
    Select,
    Table,
    Uuid,
    and_,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from ...kernel.events import Event
from .columns import Identifier, Position, UtcTime
from .conflicts import insert_if_new
from .database import Scope, mark_published
from .schema import metadata

outbox = Table(
    "outbox",
    metadata,
    # Ids of several processes do not sort by what happened first; this number does.
    Column("position", Position, primary_key=True),
    Column("id", Uuid, nullable=False, unique=True),
    Column("name", Identifier(64), nullable=False),
    Column("subject", Uuid, nullable=False),
    Column("occurred_at", UtcTime, nullable=False),
    Column("data", JSON, nullable=False),
    Column("delivered_at", UtcTime),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", UtcTime, nullable=False),
    Index(None, "delivered_at", "position"),
    Index(None, "subject", "delivered_at", "position"),
)
"""Events wait here until the work they belong to is committed, and then until they are heard."""

inbox = Table(
    "inbox",
    metadata,
    Column("consumer", Identifier(64), primary_key=True),
    Column("event_id", Uuid, primary_key=True),
    Column("seen_at", UtcTime, nullable=False, index=True),
)
"""Which consumer has acted on which event, so that one that comes again does nothing."""


class SqlOutbox:
    """Fulfils `Outbox`."""

    def __init__(self, scope: Scope) -> None:
        self._connection = scope.connection
        self._now: datetime = scope.now

    async def publish(self, event: Event) -> None:
        row = {
            "id": event.id,
            "name": event.name,
            "subject": event.subject,
            "occurred_at": event.occurred_at,
            "data": dict(event.data),
            "attempts": 0,
            "next_attempt_at": self._now,
        }
        await self._connection.execute(insert(outbox).values(row))
        mark_published(self._connection)


class SqlInbox:
    """Fulfils `Inbox`."""

    def __init__(self, scope: Scope) -> None:
        self._connection = scope.connection

    async def is_first(self, consumer: str, event_id: UUID, now: datetime) -> bool:
        row = {"consumer": consumer, "event_id": event_id, "seen_at": now}
        return await insert_if_new(self._connection, inbox, row)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt, the first being number 1."""

    event: Event
    attempt: int


class Deliveries:
    """Which events a relay delivers next, and how it went, within one unit of work."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def is_due(self, now: datetime) -> bool:
        return (await self._connection.execute(_due(now))).first() is not None

    async def waiting(self, now: datetime) -> tuple[int, timedelta]:
        """How many have not left yet, and the age of the oldest."""
        left = select(func.count(), func.min(outbox.c.occurred_at))
        found = await self._connection.execute(left.where(outbox.c.delivered_at.is_(None)))
        count, oldest = found.one()
        return count, now - oldest if oldest else timedelta(0)

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
