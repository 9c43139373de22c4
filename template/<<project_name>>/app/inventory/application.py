"""What others ask of inventory, and what it does when an order is confirmed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, cast

from ..kernel.events import Event
from ..kernel.ids import new_id
from ..kernel.money import Money
from ..kernel.ports import Cache, Works
from .domain import SHORT, Product, is_enough
from .ports import InventoryWork

CONSUMER = "inventory"


class Inventory:
    """Prices may be remembered for a while; stock is always asked of the database."""

    def __init__(self, works: Works[InventoryWork], prices: Cache[Money]) -> None:
        self._works = works
        self._prices = prices

    async def prices(self, skus: Sequence[str]) -> Mapping[str, Money]:
        """Unknown skus are left out."""
        found = {sku: await self._price(sku) for sku in dict.fromkeys(skus)}
        return {sku: price for sku, price in found.items() if price is not None}

    async def has_enough(self, wanted: Sequence[tuple[str, int]]) -> bool:
        """Whether all of it could be reserved now; reserves nothing."""
        counted = _count(wanted)
        async with self._works.read() as work:
            return is_enough(await work.products.get(sorted(counted)), counted)

    async def reserve(self, event: Event) -> None:
        """Acts on a confirmed order, once however often the event comes: all of it or nothing."""
        wanted = _count(_lines_of(event))
        async with self._works.begin() as work:
            if not await work.inbox.is_first(CONSUMER, event.id, work.now):
                return
            products = await work.products.get_for_update(sorted(wanted))
            if not is_enough(products, wanted):
                await work.outbox.publish(Event(new_id(), SHORT, event.subject, work.now, {}))
                return
            for sku, quantity in wanted.items():
                await work.products.save(products[sku].reserve(quantity))

    async def stock(self, products: Sequence[Product]) -> int:
        """Adds what the catalogue lacks and says how many that were."""
        async with self._works.begin() as work:
            added = [await work.products.add_missing(product) for product in products]
        await self._prices.forget(*(product.sku for product in products))
        return sum(added)

    async def _price(self, sku: str) -> Money | None:
        async def load() -> Money | None:
            async with self._works.read() as work:
                product = (await work.products.get([sku])).get(sku)
            return product.unit_price if product else None

        return await self._prices.get(sku, load)


def _lines_of(event: Event) -> list[tuple[str, int]]:
    items = cast("list[dict[str, Any]]", event.data["items"])
    return [(item["sku"], item["quantity"]) for item in items]


def _count(lines: Sequence[tuple[str, int]]) -> dict[str, int]:
    """The same sku may stand on several lines."""
    counted: Counter[str] = Counter()
    for sku, quantity in lines:
        counted[sku] += quantity
    return dict(counted)
