"""Products: what they cost, and how many there are."""

from dataclasses import replace

import pytest

from app.inventory.domain import Product
from app.kernel.money import Money
from tests.contract.stores import Stores

TEA = Product("tea-1", Money(1999, "CNY"), 1000)
CUP = Product("cup-1", Money(500, "CNY"), 3)


@pytest.fixture(autouse=True)
async def _filled(stores: Stores) -> None:
    async with stores.inventory.begin() as work:
        for product in (TEA, CUP):
            await work.products.add_missing(product)


async def test_known_products_are_found_and_unknown_ones_left_out(stores: Stores) -> None:
    async with stores.inventory.read() as work:
        found = await work.products.get(["tea-1", "cup-1", "TEA-1"])

    assert found == {"tea-1": TEA, "cup-1": CUP}


async def test_products_are_locked_in_the_order_of_their_skus(stores: Stores) -> None:
    async with stores.inventory.begin() as work:
        found = await work.products.get_for_update(["tea-1", "cup-1"])

    assert list(found) == ["cup-1", "tea-1"]


async def test_a_saved_product_is_there(stores: Stores) -> None:
    async with stores.inventory.begin() as work:
        await work.products.save(TEA.reserve(10))

    async with stores.inventory.read() as work:
        assert (await work.products.get(["tea-1"]))["tea-1"].in_stock == 990


async def test_a_product_that_is_there_stays_as_it_is(stores: Stores) -> None:
    async with stores.inventory.begin() as work:
        was_added = await work.products.add_missing(replace(TEA, in_stock=1))

    async with stores.inventory.read() as work:
        assert (await work.products.get(["tea-1"]))["tea-1"] == TEA
    assert not was_added
