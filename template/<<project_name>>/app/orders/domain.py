"""What an order is, and what may happen to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, NewType
from uuid import UUID

from ..kernel.events import Event
from ..kernel.ids import new_id
from ..kernel.money import Money
from .errors import OrderNotPossible, SeveralCurrencies, UnknownSku

OrderId = NewType("OrderId", UUID)
OrderStatus = Literal["created", "confirmed", "cancelled"]

CONFIRMED = "orders.confirmed"
"""The event's name; its data is `{"items": [{"sku", "quantity"}]}`."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a client asks for; it has no price, because clients do not set prices."""

    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Item:
    """One line at the price of the moment it was placed."""

    sku: str
    quantity: int
    unit_price: Money


@dataclass(frozen=True, slots=True)
class Order:
    """`user_id` is whose it is; an erased user's orders stay, an emptied user behind them."""

    id: OrderId
    user_id: UUID
    items: tuple[Item, ...]
    total: Money
    created_at: datetime
    updated_at: datetime
    status: OrderStatus = "created"
    deleted_at: datetime | None = None

    @classmethod
    def place(
        cls,
        id: OrderId,
        user_id: UUID,
        lines: Sequence[Line],
        prices: Mapping[str, Money],
        now: datetime,
    ) -> "Order":
        """Raises UnknownSku for a line without a price, and SeveralCurrencies."""
        items = tuple(_price(line, prices) for line in lines)
        if len({item.unit_price.currency for item in items}) > 1:
            raise SeveralCurrencies
        total = sum_of(items)
        return cls(id, user_id, items, total, created_at=now, updated_at=now)

    def confirm(self, now: datetime) -> tuple["Order", Event]:
        """Raises OrderNotPossible unless the order is `created`."""
        confirmed = self._leave_created("confirmed", now)
        lines = [{"sku": item.sku, "quantity": item.quantity} for item in self.items]
        return confirmed, Event(new_id(), CONFIRMED, self.id, now, {"items": lines})

    def cancel(self, now: datetime) -> "Order":
        """Raises OrderNotPossible unless the order is `created`."""
        return self._leave_created("cancelled", now)

    def fall_short(self, now: datetime) -> "Order":
        """Stock ran out between confirming and reserving; does nothing to an order that is over."""
        if self.status != "confirmed":
            return self
        return replace(self, status="cancelled", updated_at=now)

    def delete(self, now: datetime) -> "Order":
        return replace(self, deleted_at=now, updated_at=now)

    def _leave_created(self, status: OrderStatus, now: datetime) -> "Order":
        if self.status != "created":
            raise OrderNotPossible(f"{self.status} cannot become {status}")
        return replace(self, status=status, updated_at=now)


def sum_of(items: Sequence[Item]) -> Money:
    """The total of at least one item; all items have one currency."""
    first, *others = [item.unit_price.times(item.quantity) for item in items]
    for money in others:
        first = first + money
    return first


def _price(line: Line, prices: Mapping[str, Money]) -> Item:
    try:
        return Item(line.sku, line.quantity, prices[line.sku])
    except KeyError:
        raise UnknownSku(line.sku) from None
