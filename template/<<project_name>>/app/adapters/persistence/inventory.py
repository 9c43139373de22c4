"""Products as they are stored, and units of work on them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Select,
    Table,
    select,
    update,
)

from ...inventory.domain import Product
from ...kernel.money import Money
from ...kernel.ports import Audit
from .columns import Identifier
from .conflicts import insert_if_new
from .database import Scope
from .events import SqlInbox, SqlOutbox
from .schema import metadata

products = Table(
    "products",
    metadata,
    Column("sku", Identifier(64), primary_key=True),
    Column("unit_price", BigInteger, nullable=False),
    Column("currency", Identifier(3), nullable=False),
    Column("in_stock", BigInteger, nullable=False),
    CheckConstraint("in_stock >= 0", "in_stock_is_not_negative"),
)


class SqlProductRepository:
    """Fulfils `ProductRepository`."""

    def __init__(self, scope: Scope) -> None:
        self._connection = scope.connection

    async def get(self, skus: Sequence[str]) -> Mapping[str, Product]:
        return await self._found(_of(skus))

    async def get_for_update(self, skus: Sequence[str]) -> Mapping[str, Product]:
        return await self._found(_of(skus).order_by(products.c.sku).with_for_update())

    async def save(self, product: Product) -> None:
        change = update(products).where(products.c.sku == product.sku).values(_row(product))
        await self._connection.execute(change)

    async def add_missing(self, product: Product) -> bool:
        return await insert_if_new(self._connection, products, _row(product))

    async def _found(self, query: Select[Any]) -> Mapping[str, Product]:
        rows = await self._connection.execute(query)
        return {
            row.sku: Product(row.sku, Money(row.unit_price, row.currency), row.in_stock)
            for row in rows
        }


class SqlInventoryWork:
    """Fulfils `InventoryWork`."""

    def __init__(self, scope: Scope, audit: Audit) -> None:
        self.now = scope.now
        self.audit = audit
        self.products = SqlProductRepository(scope)
        self.inbox = SqlInbox(scope)
        self.outbox = SqlOutbox(scope)


def _of(skus: Sequence[str]) -> Select[Any]:
    return select(products).where(products.c.sku.in_(skus))


def _row(product: Product) -> dict[str, Any]:
    return {
        "sku": product.sku,
        "unit_price": product.unit_price.amount,
        "currency": product.unit_price.currency,
        "in_stock": product.in_stock,
    }
