"""No query of a repository reads a whole table; slow ones are logged, without what they carried."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from app.adapters.persistence.audit import SqlAuditStore
from app.adapters.persistence.database import Scope
from app.adapters.persistence.events import Deliveries
from app.adapters.persistence.identity import SqlSpentCodes
from app.adapters.persistence.settings import DatabaseSettings
from app.adapters.persistence.sqlite import open_database
from app.kernel.errors import DatabaseBusy
from app.kernel.ids import new_id
from app.orders.ports import FirstAnswer
from tests.contract.stores import APPID, Stores
from tests.engines.databases import settings_of

Statement = tuple[str, Any]


async def test_no_query_reads_a_whole_table(stores: Stores) -> None:
    with _recorded() as statements:
        await _use_every_query(stores)

    scans = set()
    async with stores.database.reading() as connection:
        for statement, parameters in statements:
            plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            scans |= {f"{row[3]} in {statement}" for row in plan if _is_full_scan(row[3])}
    assert len(statements) > 40
    assert scans == set()


async def test_the_plan_of_a_query_without_an_index_is_seen(stores: Stores) -> None:
    async with stores.database.reading() as connection:
        plan = await connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT * FROM users WHERE nickname = 'a'"
        )

        assert [_is_full_scan(row[3]) for row in plan] == [True]


async def test_a_slow_query_is_logged_by_its_text_and_not_its_values(
    database_settings: DatabaseSettings, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    seconds: list[float] = []
    impatient = settings_of(tmp_path / "test.db", slow_query_seconds=1e-9)
    database = open_database(impatient, on_query=seconds.append)

    with caplog.at_level(logging.WARNING, "app.database"):
        async with database.reading() as connection:
            secret = {"phone": "13800138000"}
            await connection.execute(text("SELECT :phone"), secret)

    await database.close()
    records = [record for record in caplog.records if record.name == "app.database"]
    assert "SELECT ?" in [record.__dict__["statement"] for record in records]
    assert all(record.__dict__["seconds"] > 0 for record in records)
    assert "13800138000" not in str([record.__dict__ for record in records])
    assert len(seconds) == len(records)


async def test_a_query_that_was_stopped_is_logged_as_slow(
    database_settings: DatabaseSettings, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    hasty = settings_of(tmp_path / "test.db", statement_timeout_seconds=0.1)
    database = open_database(hasty)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT sum(i) FROM n"

    with pytest.raises(DatabaseBusy):
        async with database.reading() as connection:
            await connection.execute(text(endless))

    await database.close()
    assert endless in [record.__dict__.get("statement") for record in caplog.records]


async def test_a_quick_query_is_not_logged(
    stores: Stores, caplog: pytest.LogCaptureFixture
) -> None:
    await stores.database.ping()

    async with stores.database.reading() as connection:
        await connection.execute(text("SELECT 1"))

    assert "app.database" not in [record.name for record in caplog.records]


async def _use_every_query(stores: Stores) -> None:
    now = stores.clock()
    alice = await stores.user("oAlice", phone="13800138000")
    session = await stores.session(alice)
    order = await stores.order(alice)
    product = ["tea-1", "cup-1"]
    async with stores.identity.begin() as work:
        await work.users.get(alice.id)
        await work.users.get_for_update(alice.id)
        await work.users.find_by_openid(APPID, "oAlice")
        await work.users.save(alice)
        await work.users.list(alice.id, 10)
        await work.users.list(None, 10)
        await work.sessions.get_for_update(session.id)
        await work.sessions.save(session)
        await work.sessions.alive(alice.id, now)
        await work.sessions.standing(session.id, now)
        await work.sessions.revoke_all(alice.id, "logout", now)
        await work.sessions.delete_all(alice.id)
    async with stores.orders.begin() as orders:
        await orders.orders.get(order.id, alice.id)
        await orders.orders.get_for_update(order.id)
        await orders.orders.save(order)
        await orders.orders.all_of(alice.id)
        for status in (None, "created"):
            for before in (None, order.id):
                await orders.orders.list(alice.id, status, before, 10)  # type: ignore[arg-type]
        await orders.first_answers.get_for_update(alice.id, "key", now)
        await orders.first_answers.keep(alice.id, "key", FirstAnswer(bytes(32), order), now)
        await orders.first_answers.get_for_update(alice.id, "key", now)
        await orders.outbox.publish(stores.event())
    async with stores.inventory.begin() as inventory:
        await inventory.products.get(product)
        await inventory.products.get_for_update(product)
        await inventory.inbox.is_first("inventory", new_id(), now)
    await SqlSpentCodes(stores.database, stores.clock).claim("code")
    await _relay_and_audit(stores)


async def _relay_and_audit(stores: Stores) -> None:
    now = stores.clock()
    async with stores.database.writing() as connection:
        deliveries = Deliveries(connection)
        taken = await deliveries.take(now, now + timedelta(seconds=1))
        assert taken is not None
        await deliveries.postpone(taken, now)
        await deliveries.settle(taken, now)
        await deliveries.forget(now)
        await SqlAuditStore(Scope(connection, now)).append([])
        await SqlAuditStore(Scope(connection, now)).links(0, 10)


@contextmanager
def _recorded() -> Iterator[list[Statement]]:
    statements: list[Statement] = []

    def remember(_c: Any, _k: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            statements.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", remember)
    yield statements
    event.remove(Engine, "before_cursor_execute", remember)


def _is_full_scan(step: str) -> bool:
    """Walking an index in order is none: it stops at the limit."""
    return step.startswith("SCAN ") and "USING" not in step and "CONSTANT" not in step
