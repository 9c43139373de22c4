"""What clients can do with orders."""

from ..schemas import orders
from . import API, Operation

TAG = "orders"

OPERATIONS = (
    Operation(
        name="place_order",
        method="POST",
        path=f"{API}/orders",
        summary="Place an order at the catalogue's prices",
        tag=TAG,
        body=orders.PlaceOrder,
        headers={orders.IDEMPOTENCY_KEY: orders.IdempotencyKey},
        data=orders.Order,
        codes=(409, 2003),
    ),
    Operation(
        name="list_orders",
        method="GET",
        path=f"{API}/orders",
        summary="My orders, newest first",
        tag=TAG,
        query=orders.ListOrders,
        data=orders.Orders,
    ),
    Operation(
        name="read_order",
        method="GET",
        path=f"{API}/orders/{{id}}",
        summary="One of my orders",
        tag=TAG,
        data=orders.Order,
        codes=(2001,),
    ),
    Operation(
        name="confirm_order",
        method="POST",
        path=f"{API}/orders/{{id}}/confirm",
        summary="Confirm an order, if there is enough in stock",
        tag=TAG,
        data=orders.Order,
        codes=(2001, 2002, 2004),
    ),
    Operation(
        name="cancel_order",
        method="POST",
        path=f"{API}/orders/{{id}}/cancel",
        summary="Cancel an order",
        tag=TAG,
        data=orders.Order,
        codes=(2001, 2002),
    ),
    Operation(
        name="delete_order",
        method="DELETE",
        path=f"{API}/orders/{{id}}",
        summary="Delete an order",
        tag=TAG,
        codes=(2001,),
    ),
)
