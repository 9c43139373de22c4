"""Events that wait until the work they belong to is committed, and then until they are heard."""

from datetime import datetime

from sqlalchemy import JSON, Column, Index, Integer, Table, Uuid, insert

from ...kernel.events import Event
from .columns import Identifier, Position, UtcTime
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
