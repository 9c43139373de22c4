"""What a product is, and what reserving does to its stock."""

import pytest

from app.inventory.domain import Product, is_enough
from app.kernel.money import Money

TEA = Product("tea-1", Money(1999, "CNY"), in_stock=5)


def test_reserving_takes_from_what_can_be_promised() -> None:
    assert TEA.reserve(5).in_stock == 0


def test_no_more_is_reserved_than_there_is() -> None:
    with pytest.raises(ValueError, match="6 of tea-1 asked, 5 in stock"):
        TEA.reserve(6)


@pytest.mark.parametrize(
    ("wanted", "enough"),
    [({"tea-1": 5}, True), ({"tea-1": 6}, False), ({"tea-1": 1, "cup-1": 1}, False), ({}, True)],
)
def test_enough_means_all_of_it(wanted: dict[str, int], enough: bool) -> None:
    assert is_enough({"tea-1": TEA}, wanted) is enough
