"""Orders, found and kept; and units of work on them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, update

from ...kernel.ports import Audit
from ...orders.domain import Order, OrderId, OrderStatus
from .database import Scope
from .first_answers import SqlFirstAnswers
from .order_rows import orders, read_orders, write_order
from .outbox import SqlOutbox


class SqlOrderRepository:
    """Fulfils `OrderRepository`."""

    def __init__(self, scope: Scope) -> None:
        self._connection = scope.connection

    async def get(self, id: OrderId, user_id: UUID) -> Order | None:
        return await self._one(_present().where(orders.c.id == id, orders.c.user_id == user_id))

    async def get_for_update(self, id: OrderId, user_id: UUID | None = None) -> Order | None:
        found = _present().where(orders.c.id == id).with_for_update()
        return await self._one(found if user_id is None else found.where(_is_of(user_id)))

    async def add(self, order: Order) -> None:
        await write_order(self._connection, order)

    async def save(self, order: Order) -> None:
        """Items and total never change."""
        change = update(orders).where(orders.c.id == order.id)
        await self._connection.execute(
            change.values(
                status=order.status, updated_at=order.updated_at, deleted_at=order.deleted_at
            )
        )

    async def list(
        self, user_id: UUID, status: OrderStatus | None, before: OrderId | None, limit: int
    ) -> Sequence[Order]:
        page = _newest_first(user_id).limit(limit)
        if status is not None:
            page = page.where(orders.c.status == status)
        if before is not None:
            page = page.where(orders.c.id < before)
        return await read_orders(self._connection, page)

    async def all_of(self, user_id: UUID) -> Sequence[Order]:
        return await read_orders(self._connection, _newest_first(user_id))

    async def _one(self, query: Select[Any]) -> Order | None:
        return next(iter(await read_orders(self._connection, query)), None)


class SqlOrderWork:
    """Fulfils `OrderWork`."""

    def __init__(self, scope: Scope, audit: Audit) -> None:
        self.now = scope.now
        self.audit = audit
        self.orders = SqlOrderRepository(scope)
        self.first_answers = SqlFirstAnswers(scope)
        self.outbox = SqlOutbox(scope)


def _present() -> Select[Any]:
    return select(orders).where(orders.c.deleted_at.is_(None))


def _is_of(user_id: UUID) -> Any:
    return orders.c.user_id == user_id


def _newest_first(user_id: UUID) -> Select[Any]:
    """Ids ascend with time."""
    return _present().where(_is_of(user_id)).order_by(orders.c.id.desc())
