"""What a product is, and what reserving does to its stock."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..kernel.money import Money

SHORT = "inventory.fell_short"
"""The event's name when an order could not be reserved; its subject is the order's id."""


@dataclass(frozen=True, slots=True)
class Product:
    """`in_stock` is what can still be promised: what was reserved is no longer in it."""

    sku: str
    unit_price: Money
    in_stock: int

    def has(self, quantity: int) -> bool:
        return quantity <= self.in_stock

    def reserve(self, quantity: int) -> "Product":
        """Raises ValueError beyond what is in stock; ask `has` first."""
        if not self.has(quantity):
            raise ValueError(f"{quantity} of {self.sku} asked, {self.in_stock} in stock")
        return replace(self, in_stock=self.in_stock - quantity)


def is_enough(products: Mapping[str, Product], wanted: Mapping[str, int]) -> bool:
    """Whether all of it can be reserved; a sku that is not there cannot."""
    return all(sku in products and products[sku].has(count) for sku, count in wanted.items())
