"""A unit of work is done or not done, sees one state, and loses nobody's update."""

import asyncio

import pytest
from sqlalchemy import func, insert, select, update

from app.adapters.persistence import open_database
from app.adapters.persistence.database import Database, SqlWorks
from app.adapters.persistence.inventory import products
from app.adapters.persistence.settings import DatabaseSettings
from app.inventory.domain import Product
from app.kernel.errors import Conflict, Failure, KeyServiceUnavailable
from app.kernel.money import Money
from tests.clock import TurnableClock
from tests.contract.stores import Stores

TEA = Product("tea-1", Money(1999, "CNY"), 50)


async def stock(database: Database, product: Product = TEA) -> None:
    row = {"sku": product.sku, "unit_price": 1999, "currency": "CNY", "in_stock": product.in_stock}
    async with database.writing() as connection:
        await connection.execute(insert(products).values(row))


async def test_fifty_writers_at_once_lose_no_update(stores: Stores) -> None:
    await stock(stores.database)

    async def take_one() -> None:
        async with stores.inventory.begin() as work:
            found = await work.products.get_for_update(["tea-1"])
            await asyncio.sleep(0)
            await work.products.save(found["tea-1"].reserve(1))

    await asyncio.gather(*(take_one() for _ in range(50)))

    async with stores.inventory.read() as work:
        assert (await work.products.get(["tea-1"]))["tea-1"].in_stock == 0


async def test_writers_of_two_processes_lose_no_update(
    stores: Stores, database_settings: DatabaseSettings, clock: TurnableClock
) -> None:
    await stock(stores.database)
    other = open_database(database_settings)

    async def take_one(works: Stores) -> None:
        async with works.inventory.begin() as work:
            found = await work.products.get_for_update(["tea-1"])
            await asyncio.sleep(0)
            await work.products.save(found["tea-1"].reserve(1))

    both = stores, Stores(other, clock)
    await asyncio.gather(*(take_one(works) for works in both * 10))

    await other.close()
    async with stores.inventory.read() as work:
        assert (await work.products.get(["tea-1"]))["tea-1"].in_stock == 30


async def test_raising_undoes_all_of_it(stores: Stores) -> None:
    async def add_and_fail() -> None:
        async with stores.inventory.begin() as work:
            await work.products.add_missing(TEA)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await add_and_fail()

    async with stores.inventory.read() as work:
        assert await work.products.get(["tea-1"]) == {}


async def test_a_cancelled_work_is_undone_and_holds_nobody_up(stores: Stores) -> None:
    has_written = asyncio.Event()

    async def write_and_dawdle() -> None:
        async with stores.inventory.begin() as work:
            await work.products.add_missing(TEA)
            has_written.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write_and_dawdle())
    await has_written.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    async with stores.inventory.begin() as work:
        assert await work.products.get(["tea-1"]) == {}


async def test_a_reader_sees_no_work_half_done(stores: Stores) -> None:
    await stock(stores.database)

    async with stores.inventory.begin() as writer:
        await writer.products.save(TEA.reserve(1))
        async with stores.inventory.read() as reader:
            during = await reader.products.get(["tea-1"])

    assert during["tea-1"].in_stock == 50


async def test_a_reader_sees_one_state_to_its_end(stores: Stores) -> None:
    await stock(stores.database)

    async with stores.inventory.read() as reader:
        before = await reader.products.get(["tea-1"])
        async with stores.inventory.begin() as writer:
            await writer.products.save(TEA.reserve(1))
        after = await reader.products.get(["tea-1"])

    assert before == after


async def test_a_reading_work_cannot_write(stores: Stores) -> None:
    with pytest.raises(Failure):
        async with stores.inventory.read() as work:
            await work.products.save(TEA)


async def test_a_lost_insert_ends_at_the_insert_and_not_the_work(stores: Stores) -> None:
    await stock(stores.database)

    async with stores.inventory.begin() as work:
        assert not await work.products.add_missing(TEA)
        assert await work.products.add_missing(Product("cup", Money(1, "CNY"), 1))

    async with stores.inventory.read() as work:
        assert set(await work.products.get(["tea-1", "cup"])) == {"tea-1", "cup"}


async def test_a_broken_key_is_a_conflict_where_it_breaks(database: Database) -> None:
    await stock(database)

    with pytest.raises(Conflict):
        await stock(database)


async def test_keys_are_fetched_before_a_connection_is_taken(
    database: Database, clock: TurnableClock
) -> None:
    async def prepare() -> None:
        async with database.writing() as connection:
            await connection.execute(update(products).values(in_stock=1))
        raise KeyServiceUnavailable

    works: SqlWorks[object] = SqlWorks(database, clock, prepare)  # type: ignore[arg-type]

    with pytest.raises(KeyServiceUnavailable):
        async with works.begin():
            pytest.fail("the work began without its keys")


async def test_one_work_bears_one_time(stores: Stores, clock: TurnableClock) -> None:
    async with stores.inventory.begin() as work:
        began = work.now
        clock.advance(seconds=5)

        assert work.now == began


async def test_the_database_answers(database: Database) -> None:
    assert await database.ping()


async def test_stock_never_falls_below_nothing(database: Database) -> None:
    await stock(database)

    with pytest.raises(Exception, match="in_stock"):
        async with database.writing() as connection:
            await connection.execute(update(products).values(in_stock=-1))

    async with database.reading() as connection:
        assert (await connection.execute(select(func.min(products.c.in_stock)))).scalar_one() == 50
