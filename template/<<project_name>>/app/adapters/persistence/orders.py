"""Orders as they are stored, what idempotency keys were answered with, and units of work."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Row,
    Select,
    Table,
    Uuid,
    and_,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from ...kernel.money import Money
from ...kernel.ports import Audit
from ...orders.domain import Item, Order, OrderId, OrderStatus
from ...orders.ports import FirstAnswer
from .columns import Identifier, UtcTime
from .conflicts import insert_if_new
from .database import Scope
from .events import SqlOutbox
from .schema import metadata
from .users import users

ANSWERS_KEPT_FOR: Final = timedelta(hours=24)

orders = Table(
    "orders",
    metadata,
    Column("id", Uuid, primary_key=True),
    # An erased user's row stays, emptied, so that every order belongs to somebody.
    Column("user_id", ForeignKey(users.c.id), nullable=False),
    Column("status", Identifier(16), nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("currency", Identifier(3), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("deleted_at", UtcTime),
    Index(None, "user_id", "id"),
    Index(None, "user_id", "status", "id"),
)

order_items = Table(
    "order_items",
    metadata,
    Column("order_id", ForeignKey(orders.c.id), primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("sku", Identifier(64), nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("unit_price", BigInteger, nullable=False),
)

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


class SqlOrderRepository:
    """Fulfils `OrderRepository`."""

    def __init__(self, scope: Scope) -> None:
        self._connection = scope.connection

    async def get(self, id: OrderId, user_id: UUID) -> Order | None:
        return await self._one(_present().where(orders.c.id == id, orders.c.user_id == user_id))

    async def get_for_update(self, id: OrderId, user_id: UUID | None = None) -> Order | None:
        found = _present().where(orders.c.id == id).with_for_update()
        if user_id is not None:
            found = found.where(orders.c.user_id == user_id)
        return await self._one(found)

    async def add(self, order: Order) -> None:
        await self._connection.execute(insert(orders).values(_row(order)))
        await self._connection.execute(insert(order_items), _item_rows(order))

    async def save(self, order: Order) -> None:
        """Items and total never change."""
        change = update(orders).where(orders.c.id == order.id)
        changed = change.values(
            status=order.status, updated_at=order.updated_at, deleted_at=order.deleted_at
        )
        await self._connection.execute(changed)

    async def list(
        self, user_id: UUID, status: OrderStatus | None, before: OrderId | None, limit: int
    ) -> Sequence[Order]:
        page = _newest_first(user_id).limit(limit)
        if status is not None:
            page = page.where(orders.c.status == status)
        if before is not None:
            page = page.where(orders.c.id < before)
        return await _read(self._connection, page)

    async def all_of(self, user_id: UUID) -> Sequence[Order]:
        return await _read(self._connection, _newest_first(user_id))

    async def _one(self, query: Select[Any]) -> Order | None:
        return next(iter(await _read(self._connection, query)), None)


class SqlFirstAnswers:
    """Fulfils `FirstAnswers`."""

    def __init__(self, scope: Scope) -> None:
        self._connection = scope.connection

    async def get_for_update(self, user_id: UUID, key: str, now: datetime) -> FirstAnswer | None:
        """A row can be locked only where there is one, so the first to ask writes it."""
        claim = {"user_id": user_id, "key": key, "created_at": now}
        if await insert_if_new(self._connection, first_answers, claim):
            return None
        found = select(first_answers).where(_is_under(user_id, key)).with_for_update()
        row = (await self._connection.execute(found)).one()
        if row.order_id is None or row.created_at <= now - ANSWERS_KEPT_FOR:
            return None
        return await self._answer(row)

    async def keep(self, user_id: UUID, key: str, answer: FirstAnswer, now: datetime) -> None:
        change = update(first_answers).where(_is_under(user_id, key))
        await self._connection.execute(
            change.values(created_at=now, body_hash=answer.body_hash, order_id=answer.order.id)
        )
        old = first_answers.c.created_at <= now - ANSWERS_KEPT_FOR
        await self._connection.execute(delete(first_answers).where(old))

    async def _answer(self, row: Row[Any]) -> FirstAnswer:
        found = select(orders).where(orders.c.id == row.order_id)
        (order,) = await _read(self._connection, found)
        return FirstAnswer(bytes(row.body_hash), _as_placed(order))


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


def _newest_first(user_id: UUID) -> Select[Any]:
    """Ids ascend with time."""
    return _present().where(orders.c.user_id == user_id).order_by(orders.c.id.desc())


def _is_under(user_id: UUID, key: str) -> Any:
    return and_(first_answers.c.user_id == user_id, first_answers.c.key == key)


def _as_placed(order: Order) -> Order:
    """All that can have changed since are state and times."""
    return replace(order, status="created", updated_at=order.created_at, deleted_at=None)


async def _read(connection: AsyncConnection, query: Select[Any]) -> list[Order]:
    """In the order of `query`, which selects whole rows of `orders`."""
    rows = (await connection.execute(query)).all()
    items = await _items(connection, [row.id for row in rows])
    return [_order(row, items[row.id]) for row in rows]


async def _items(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, list[Row[Any]]]:
    by_order: dict[UUID, list[Row[Any]]] = defaultdict(list)
    if ids:
        found = select(order_items).where(order_items.c.order_id.in_(ids))
        for row in await connection.execute(found.order_by(order_items.c.line)):
            by_order[row.order_id].append(row)
    return by_order


def _order(row: Row[Any], items: Sequence[Row[Any]]) -> Order:
    return Order(
        id=OrderId(row.id),
        user_id=row.user_id,
        items=tuple(
            Item(item.sku, item.quantity, Money(item.unit_price, row.currency)) for item in items
        ),
        total=Money(row.total, row.currency),
        created_at=row.created_at,
        updated_at=row.updated_at,
        status=row.status,
        deleted_at=row.deleted_at,
    )


def _row(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "user_id": order.user_id,
        "status": order.status,
        "total": order.total.amount,
        "currency": order.total.currency,
        "created_at": order.created_at,
        "updated_at": order.updated_at,
        "deleted_at": order.deleted_at,
    }


def _item_rows(order: Order) -> list[dict[str, Any]]:
    return [
        {
            "order_id": order.id,
            "line": line,
            "sku": item.sku,
            "quantity": item.quantity,
            "unit_price": item.unit_price.amount,
        }
        for line, item in enumerate(order.items)
    ]
