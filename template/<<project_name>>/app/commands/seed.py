"""Fills the catalogue with a few teas to order; what is there already is left alone."""

import asyncio
from argparse import ArgumentParser, Namespace
from typing import Final

from ..bootstrap import open_house
from ..inventory.application import Inventory
from ..inventory.domain import Product
from ..kernel.money import Money
from ..settings import Settings, read_settings
from .console.house import opened, require_migrated

CATALOGUE: Final = (
    Product("tea-1", Money(1999, "CNY"), in_stock=1000),
    Product("tea-2", Money(2999, "CNY"), in_stock=500),
    Product("tea-3", Money(12900, "CNY"), in_stock=20),
    Product("cup-1", Money(4500, "CNY"), in_stock=100),
    Product("pot-1", Money(26800, "CNY"), in_stock=10),
)


def configure(parser: ArgumentParser) -> None:
    """Takes nothing."""


def run(_asked: Namespace) -> int:
    added = asyncio.run(fill_catalogue(read_settings()))
    print(f"{added} products added; the catalogue has {len(CATALOGUE)} of ours.")
    return 0


async def fill_catalogue(settings: Settings) -> int:
    """Raises CannotDo before the database is migrated."""
    await require_migrated(settings)
    async with opened(open_house(settings)) as application:
        return await application.of(Inventory).stock(CATALOGUE)
