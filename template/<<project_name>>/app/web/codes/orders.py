"""Codes of orders."""

from . import Code

CODES = (
    Code(
        number=2001,
        status=404,
        slug="order-not-found",
        en="There is no such order.",
        zh="订单不存在。",
    ),
    Code(
        number=2002,
        status=409,
        slug="order-not-possible",
        en="The order is not in a state that allows this.",
        zh="订单当前状态不允许此操作。",
    ),
    Code(
        number=2003,
        status=400,
        slug="unknown-sku",
        en="One of these products does not exist.",
        zh="包含不存在的商品。",
    ),
    Code(
        number=2004,
        status=409,
        slug="not-enough-in-stock",
        en="There is not enough in stock.",
        zh="库存不足。",
    ),
)
