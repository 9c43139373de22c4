"""Orders on the wire."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from ...kernel.paging import Page as Found
from ...orders.domain import Line, OrderStatus
from ...orders.domain import Order as Placed
from . import Body

IDEMPOTENCY_KEY: Final = "Idempotency-Key"
IdempotencyKey = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class OrderLine(Body):
    """It has no price: prices come from the catalogue."""

    sku: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    quantity: Annotated[int, Field(ge=1, le=9999)]


class PlaceOrder(Body):
    items: Annotated[list[OrderLine], Field(min_length=1, max_length=100)]

    def lines(self) -> list[Line]:
        return [Line(item.sku, item.quantity) for item in self.items]


def _digits(text: object) -> object:
    """A query holds text only; `+1`, ` 1` and `1_0` are no numbers, though Python reads them."""
    if isinstance(text, str) and not (text.isascii() and text.isdigit() and len(text) <= 16):
        raise PydanticCustomError("integer", "no integer")
    return text


class ListOrders(BaseModel):
    """A query; parameters of other names are ignored."""

    model_config = ConfigDict(hide_input_in_errors=True)

    status: OrderStatus | None = None
    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=100), BeforeValidator(_digits)] = 20


class OrderItem(TypedDict):
    """`unit_price` in minor units of the order's currency."""

    sku: str
    quantity: int
    unit_price: int


class Order(TypedDict):
    """`total` in minor units of `currency`."""

    id: UUID
    status: OrderStatus
    items: list[OrderItem]
    total: int
    currency: str
    created_at: datetime
    updated_at: datetime


class Orders(TypedDict):
    """`next_cursor` is null on the last page."""

    items: list[Order]
    next_cursor: str | None


def order(placed: Placed) -> Order:
    return {
        "id": placed.id,
        "status": placed.status,
        "items": [
            {
                "sku": item.sku,
                "quantity": item.quantity,
                "unit_price": item.unit_price.amount,
            }
            for item in placed.items
        ],
        "total": placed.total.amount,
        "currency": placed.total.currency,
        "created_at": placed.created_at,
        "updated_at": placed.updated_at,
    }


def orders(page: Found[Placed]) -> Orders:
    return {"items": [order(placed) for placed in page.items], "next_cursor": page.next_cursor}
