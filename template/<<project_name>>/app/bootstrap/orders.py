"""Orders, wired to the database and to what inventory knows of prices and stock."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from ..adapters.persistence.orders import SqlOrderWork
from ..identity.ports import ExportSection
from ..inventory.application import Inventory
from ..inventory.domain import SHORT
from ..orders.application import Orders, exported
from ..orders.domain import Line
from .house import House
from .wiring import Wiring


def wire(house: House, wiring: Wiring) -> None:
    inventory = wiring.of(Inventory)
    orders = Orders(house.works(SqlOrderWork), inventory, StockOfInventory(inventory))
    wiring.offer(orders)
    wiring.subscribe(SHORT, orders.fall_short)
    wiring.user_data.append(OrdersOfUser(orders))


@dataclass(frozen=True, slots=True)
class StockOfInventory:
    """The port `Stock` of orders, answered by inventory."""

    inventory: Inventory

    async def has_enough(self, lines: Sequence[Line]) -> bool:
        return await self.inventory.has_enough([(line.sku, line.quantity) for line in lines])


@dataclass(frozen=True, slots=True)
class OrdersOfUser:
    """The part of a user's export that orders keep."""

    orders: Orders

    async def __call__(self, user_id: UUID) -> ExportSection:
        items = [exported(order) for order in await self.orders.all_of(user_id)]
        return ExportSection("orders", items)
