"""Inventory, wired to the database and to the events that it acts on."""

from typing import Final

from ..adapters.caching.policy import Policy
from ..adapters.persistence.inventory import SqlInventoryWork
from ..inventory.application import Inventory
from ..kernel.money import Money
from ..orders.domain import CONFIRMED
from .house import House
from .wiring import Wiring

PRICES: Final = Policy(lifetime_seconds=300, stale_seconds=60)
"""A price may be a little old: an order keeps the one that it was placed at."""


def wire(house: House, wiring: Wiring) -> None:
    inventory = Inventory(house.works(SqlInventoryWork), house.cache("prices", Money, PRICES))
    wiring.offer(inventory)
    wiring.subscribe(CONFIRMED, inventory.reserve)
