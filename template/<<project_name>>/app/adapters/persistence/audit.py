"""The audit trail as it is stored: rows in one chain, each with the hash that links it."""

import json
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import (
    Column,
    Integer,
    LargeBinary,
    Row,
    Table,
    Text,
    Uuid,
    insert,
    select,
    update,
)

from ..audit.chain import chained
from ..audit.ports import AuditRow, Link
from .columns import Identifier, Position, UtcTime
from .database import Scope
from .schema import metadata

audit = Table(
    "audit",
    metadata,
    Column("position", Position, primary_key=True, autoincrement=False),
    # Not unique: a batch whose commit went unanswered is written again.
    Column("id", Uuid, nullable=False),
    Column("happened_at", UtcTime, nullable=False),
    Column("request_id", Identifier(64), nullable=False),
    Column("action", Identifier(64), nullable=False),
    Column("actor", Identifier(64), nullable=False),
    Column("subject", Identifier(64), nullable=False),
    Column("outcome", Identifier(16), nullable=False),
    Column("details", Text, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("position", Position, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
)
"""One row, number 1: the last link. Whoever appends locks it, so the chain never forks."""

THE_HEAD: Final = 1


class SqlAuditStore:
    """Fulfils `AuditStore` and `AuditHistory`."""

    def __init__(self, scope: Scope) -> None:
        self._connection = scope.connection

    async def append(self, rows: Sequence[AuditRow]) -> None:
        if not rows:
            return
        the_head = audit_head.c.id == THE_HEAD
        locked = select(audit_head).where(the_head).with_for_update()
        head = (await self._connection.execute(locked)).one()
        links = [
            Link(position, row, hash)
            for position, (row, hash) in enumerate(chained(head.hash, rows), head.position + 1)
        ]
        await self._connection.execute(insert(audit), [_columns_of(link) for link in links])
        moved = update(audit_head).where(the_head)
        await self._connection.execute(
            moved.values(position=links[-1].position, hash=links[-1].hash)
        )

    async def links(self, after: int, limit: int) -> Sequence[Link]:
        page = select(audit).where(audit.c.position > after).order_by(audit.c.position)
        return [_link(row) for row in await self._connection.execute(page.limit(limit))]


def _columns_of(link: Link) -> dict[str, Any]:
    row = link.row
    return {
        "position": link.position,
        "id": row.id,
        "happened_at": row.happened_at,
        "request_id": row.request_id,
        "action": row.action,
        "actor": row.actor,
        "subject": row.subject,
        "outcome": row.outcome,
        "details": json.dumps(dict(row.details), ensure_ascii=False, sort_keys=True),
        "hash": link.hash,
    }


def _link(row: Row[Any]) -> Link:
    stored = AuditRow(
        id=row.id,
        happened_at=row.happened_at,
        request_id=row.request_id,
        action=row.action,
        actor=row.actor,
        subject=row.subject,
        outcome=row.outcome,
        details=json.loads(row.details),
    )
    return Link(row.position, stored, bytes(row.hash))
