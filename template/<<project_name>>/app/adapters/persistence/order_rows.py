"""The rows of an order, and how they become one again."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    Table,
    Uuid,
    insert,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from ...kernel.money import Money
from ...orders.domain import Item, Order, OrderId
from .columns import Identifier, UtcTime
from .schema import metadata
from .users import users

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


async def read_orders(connection: AsyncConnection, query: Select[Any]) -> list[Order]:
    """In the order of `query`, which selects whole rows of `orders`."""
    rows = (await connection.execute(query)).all()
    items = await _items(connection, [row.id for row in rows])
    return [_order(row, items[row.id]) for row in rows]


async def write_order(connection: AsyncConnection, order: Order) -> None:
    await connection.execute(insert(orders).values(_row(order)))
    await connection.execute(insert(order_items), _item_rows(order))


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
