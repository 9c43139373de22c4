"""Placing orders, and what becomes of them."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from ...kernel.ids import parse_id
from ...orders.application import Orders
from ...orders.domain import OrderId
from ...orders.errors import OrderNotFound
from ..operations import API
from ..schemas import orders
from .auth import Call, GuardedRoute
from .responses import Success

router = APIRouter(prefix=f"{API}/orders", route_class=GuardedRoute)

ListOrders = Annotated[orders.ListOrders, Query()]
IdempotencyKey = Annotated[orders.IdempotencyKey | None, Header(alias=orders.IDEMPOTENCY_KEY)]


@router.post("")
async def place(call: Call, body: orders.PlaceOrder, key: IdempotencyKey = None) -> Response:
    placed = await call.verbs(Orders).place(call.caller.user_id, body.lines(), key)
    return Success(orders.order(placed))


@router.get("")
async def list_mine(call: Call, query: ListOrders) -> Response:
    user_id = call.caller.user_id
    page = await call.verbs(Orders).list(user_id, query.status, query.cursor, query.limit)
    return Success(orders.orders(page))


@router.get("/{id}")
async def read(call: Call, id: str) -> Response:
    found = await call.verbs(Orders).get(call.caller.user_id, _order_id(id))
    return Success(orders.order(found))


@router.post("/{id}/confirm")
async def confirm(call: Call, id: str) -> Response:
    confirmed = await call.verbs(Orders).confirm(call.caller.user_id, _order_id(id))
    return Success(orders.order(confirmed))


@router.post("/{id}/cancel")
async def cancel(call: Call, id: str) -> Response:
    cancelled = await call.verbs(Orders).cancel(call.caller.user_id, _order_id(id))
    return Success(orders.order(cancelled))


@router.delete("/{id}")
async def delete(call: Call, id: str) -> Response:
    await call.verbs(Orders).delete(call.caller.user_id, _order_id(id))
    return Success()


def _order_id(text: str) -> OrderId:
    parsed = parse_id(text)
    if parsed is None:
        raise OrderNotFound
    return OrderId(parsed)
