"""The audit trail is one chain, whoever appends to it."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import update

from app.adapters.audit.chain import verify
from app.adapters.audit.ports import AuditRow
from app.adapters.persistence.audit import SqlAuditStore, audit
from app.adapters.persistence.database import Database, Scope
from app.kernel.ids import new_id
from tests.clock import TurnableClock


def row(clock: TurnableClock, action: str = "identity.export") -> AuditRow:
    details = {"reason": "茶"}
    return AuditRow(new_id(), clock(), "req-1", action, "a" * 32, "s" * 32, "done", details)


async def append(database: Database, clock: TurnableClock, *rows: AuditRow) -> None:
    async with database.writing() as connection:
        await SqlAuditStore(Scope(connection, clock())).append(rows)


async def test_rows_come_back_in_order(database: Database, clock: TurnableClock) -> None:
    rows = [row(clock, action) for action in ("one", "two", "three")]
    await append(database, clock, *rows[:2])
    await append(database, clock)
    await append(database, clock, rows[2])

    async with database.reading() as connection:
        history = SqlAuditStore(Scope(connection, clock()))
        links = await history.links(0, 2) + await history.links(2, 2)
        verdict = await verify(history)

    assert [link.row for link in links] == rows
    assert (verdict.checked, verdict.broken_at) == (3, None)


async def test_writers_at_the_same_time_do_not_fork_the_chain(
    database: Database, clock: TurnableClock
) -> None:
    await asyncio.gather(*(append(database, clock, row(clock)) for _ in range(10)))

    async with database.reading() as connection:
        verdict = await verify(SqlAuditStore(Scope(connection, clock())))
    assert (verdict.checked, verdict.broken_at) == (10, None)


async def test_a_changed_row_breaks_the_chain(database: Database, clock: TurnableClock) -> None:
    await append(database, clock, row(clock), row(clock))
    async with database.writing() as connection:
        await connection.execute(
            update(audit).where(audit.c.position == 2).values(action="identity.nothing")
        )

    async with database.reading() as connection:
        verdict = await verify(SqlAuditStore(Scope(connection, clock())))
    assert verdict.broken_at == 2


async def test_an_event_may_be_written_twice(database: Database, clock: TurnableClock) -> None:
    event = row(clock)

    await append(database, clock, event, replace(event))

    async with database.reading() as connection:
        assert len(await SqlAuditStore(Scope(connection, clock())).links(0, 9)) == 2


async def test_rows_of_undone_work_leave_no_gap(database: Database, clock: TurnableClock) -> None:
    async def append_and_fail() -> None:
        async with database.writing() as connection:
            await SqlAuditStore(Scope(connection, clock())).append([row(clock)])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await append_and_fail()
    await append(database, clock, row(clock))

    async with database.reading() as connection:
        (link,) = await SqlAuditStore(Scope(connection, clock())).links(0, 9)
    assert link.position == 1
