"""What idempotency keys were answered with, for a day."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, ForeignKey, LargeBinary, Row, Table, and_, delete, select, update

from ...orders.domain import Order
from ...orders.ports import FirstAnswer
from .columns import Identifier, UtcTime
from .database import Scope
from .inserts import insert_if_new
from .order_rows import orders, read_orders
from .schema import metadata
from .users import users

KEPT_FOR: Final = timedelta(hours=24)

first_answers = Table(
    "first_answers",
    metadata,
    Column("user_id", ForeignKey(users.c.id), primary_key=True),
    Column("key", Identifier(64), primary_key=True),
    Column("created_at", UtcTime, nullable=False, index=True),
    # Both are empty while a work that was the first to ask is still looking for its answer.
    Column("body_hash", LargeBinary(32)),
    Column("order_id", ForeignKey(orders.c.id)),
)


class SqlFirstAnswers:
    """Fulfils `FirstAnswers`."""

    def __init__(self, scope: Scope) -> None:
        self._connection = scope.connection

    async def get_for_update(self, user_id: UUID, key: str, now: datetime) -> FirstAnswer | None:
        """A row can be locked only where there is one, so the first to ask writes it."""
        claim = {"user_id": user_id, "key": key, "created_at": now}
        if await insert_if_new(self._connection, first_answers, claim):
            return None
        found = select(first_answers).where(_is(user_id, key)).with_for_update()
        row = (await self._connection.execute(found)).one()
        if row.order_id is None or row.created_at <= now - KEPT_FOR:
            return None
        return await self._answer(row)

    async def keep(self, user_id: UUID, key: str, answer: FirstAnswer, now: datetime) -> None:
        change = update(first_answers).where(_is(user_id, key))
        await self._connection.execute(
            change.values(created_at=now, body_hash=answer.body_hash, order_id=answer.order.id)
        )
        old = first_answers.c.created_at <= now - KEPT_FOR
        await self._connection.execute(delete(first_answers).where(old))

    async def _answer(self, row: Row[Any]) -> FirstAnswer:
        found = select(orders).where(orders.c.id == row.order_id)
        (order,) = await read_orders(self._connection, found)
        return FirstAnswer(bytes(row.body_hash), _as_placed(order))


def _is(user_id: UUID, key: str) -> Any:
    return and_(first_answers.c.user_id == user_id, first_answers.c.key == key)


def _as_placed(order: Order) -> Order:
    """All that can have changed since are state and times."""
    return replace(order, status="created", updated_at=order.created_at, deleted_at=None)
