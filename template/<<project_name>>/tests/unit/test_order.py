"""What an order is, and what may happen to it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from app.kernel.ids import new_id
from app.kernel.money import Money
from app.orders.domain import CONFIRMED, Line, Order, OrderId
from app.orders.errors import OrderNotPossible, SeveralCurrencies, UnknownSku

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
PRICES = {"tea-1": Money(1999, "CNY"), "cup-1": Money(500, "CNY")}


def placed(*lines: Line) -> Order:
    return Order.place(OrderId(new_id()), new_id(), lines or [Line("tea-1", 2)], PRICES, NOW)


def test_a_total_is_the_sum_of_prices_and_quantities() -> None:
    order = placed(Line("tea-1", 2), Line("cup-1", 3))

    assert order.total == Money(2 * 1999 + 3 * 500, "CNY")


def test_an_unknown_sku_is_refused() -> None:
    with pytest.raises(UnknownSku):
        placed(Line("tea-1", 1), Line("nothing", 1))


def test_two_currencies_in_one_order_are_refused() -> None:
    prices = {**PRICES, "pot-1": Money(30, "USD")}

    with pytest.raises(SeveralCurrencies):
        Order.place(OrderId(new_id()), new_id(), [Line("tea-1", 1), Line("pot-1", 1)], prices, NOW)


def test_confirming_says_what_was_confirmed() -> None:
    order = placed(Line("tea-1", 2), Line("cup-1", 3))

    confirmed, event = order.confirm(LATER)

    assert (confirmed.status, confirmed.updated_at) == ("confirmed", LATER)
    assert (event.name, event.subject) == (CONFIRMED, order.id)
    assert event.data["items"] == [
        {"sku": "tea-1", "quantity": 2},
        {"sku": "cup-1", "quantity": 3},
    ]


@pytest.mark.parametrize("leave", [lambda o: o.confirm(LATER)[0], lambda o: o.cancel(LATER)])
@pytest.mark.parametrize("again", [lambda o: o.confirm(LATER), lambda o: o.cancel(LATER)])
def test_an_order_leaves_created_only_once(
    leave: Callable[[Order], Order], again: Callable[[Order], object]
) -> None:
    left = leave(placed())

    with pytest.raises(OrderNotPossible):
        again(left)


def test_a_confirmed_order_that_falls_short_is_cancelled() -> None:
    confirmed, _ = placed().confirm(NOW)

    assert confirmed.fall_short(LATER).status == "cancelled"


def test_falling_short_changes_no_other_order() -> None:
    created, cancelled = placed(), placed().cancel(NOW)

    assert created.fall_short(LATER) is created
    assert cancelled.fall_short(LATER) is cancelled
