"""Money keeps its currency and never a fraction."""

import pytest

from app.kernel.money import Money


def test_money_of_one_currency_adds_up() -> None:
    assert Money(1999, "CNY") + Money(1, "CNY") == Money(2000, "CNY")


def test_money_of_two_currencies_does_not_add_up() -> None:
    with pytest.raises(ValueError, match="cannot add USD to CNY"):
        Money(1, "CNY") + Money(1, "USD")


def test_money_is_multiplied_by_a_quantity() -> None:
    assert Money(1999, "CNY").times(3) == Money(5997, "CNY")
