"""Which consumer has acted on which event, so that one that comes again does nothing."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Table, Uuid

from .columns import Identifier, UtcTime
from .database import Scope
from .inserts import insert_if_new
from .schema import metadata

inbox = Table(
    "inbox",
    metadata,
    Column("consumer", Identifier(64), primary_key=True),
    Column("event_id", Uuid, primary_key=True),
    Column("seen_at", UtcTime, nullable=False, index=True),
)


class SqlInbox:
    """Fulfils `Inbox`."""

    def __init__(self, scope: Scope) -> None:
        self._connection = scope.connection

    async def is_first(self, consumer: str, event_id: UUID, now: datetime) -> bool:
        row = {"consumer": consumer, "event_id": event_id, "seen_at": now}
        return await insert_if_new(self._connection, inbox, row)
