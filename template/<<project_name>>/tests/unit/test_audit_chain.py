"""The chain of audit rows: whoever changes, takes out or moves one is found out."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta, timezone
from hashlib import sha256
from uuid import UUID

import pytest

from app.adapters.audit.chain import GENESIS, Verdict, chained, link, verify
from app.adapters.audit.ports import AuditRow, Link
from tests.unit.audit_doubles import MemoryAuditStore
from tests.unit.key_doubles import NOW

Chain = list[Link]
ROW = AuditRow(
    id=UUID("01980000-0000-7000-8000-000000000001"),
    happened_at=NOW,
    request_id="request-1",
    action="identity.export",
    actor="a" * 32,
    subject="b" * 32,
    outcome="done",
    details={"reason": "asked", "count": "1"},
)


async def grown(length: int) -> MemoryAuditStore:
    store = MemoryAuditStore()
    await store.append([replace(ROW, request_id=f"request-{n}") for n in range(1, length + 1)])
    return store


async def test_an_untouched_chain_is_whole() -> None:
    store = await grown(1200)

    verdict = await verify(store)

    assert verdict == Verdict(1200, None, store.chain[-1].hash)


async def test_an_empty_chain_is_whole() -> None:
    assert await verify(MemoryAuditStore()) == Verdict(0, None, GENESIS)


@pytest.mark.parametrize(
    "change",
    [
        {"id": UUID("01980000-0000-7000-8000-000000000002")},
        {"happened_at": NOW + timedelta(microseconds=1)},
        {"request_id": "request-x"},
        {"action": "identity.erase"},
        {"actor": "operator"},
        {"subject": "c" * 32},
        {"outcome": "refused"},
        {"details": {}},
        {"details": {"reason": "asked", "count": "2"}},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_a_changed_field_breaks_the_chain_at_its_row(change: dict[str, object]) -> None:
    store = await grown(20)
    seventh = store.chain[6]
    store.chain[6] = replace(seventh, row=replace(seventh.row, **change))  # type: ignore[arg-type]

    verdict = await verify(store)

    assert (verdict.checked, verdict.broken_at) == (6, 7)


@pytest.mark.parametrize(
    ("tamper", "broken_at"),
    [
        (lambda chain: chain[:6] + chain[7:], 8),
        (lambda chain: chain[1:], 2),
        (lambda chain: [*chain[:6], _at(7, chain[7]), _at(8, chain[6]), *chain[8:]], 7),
        (lambda chain: [*chain[:7], _at(8, chain[6]), *chain[7:]], 8),
    ],
    ids=["deleted", "first deleted", "swapped", "inserted"],
)
async def test_a_row_out_of_its_place_breaks_the_chain_there(
    tamper: Callable[[Chain], Chain], broken_at: int
) -> None:
    store = await grown(20)
    store.chain = tamper(store.chain)

    assert (await verify(store)).broken_at == broken_at


async def test_a_cut_off_end_is_found_by_the_head_that_was_kept() -> None:
    store = await grown(20)
    kept = (await verify(store)).head
    store.chain = store.chain[:-1]

    assert (await verify(store)).head != kept


def test_a_batch_is_chained_in_its_order() -> None:
    rows = [ROW, replace(ROW, action="identity.erase")]

    first, second = chained(GENESIS, rows)

    assert first == (ROW, link(GENESIS, ROW))
    assert second == (rows[1], link(first[1], rows[1]))


def test_a_hash_does_not_depend_on_how_a_row_was_read_back() -> None:
    details = dict(sorted(ROW.details.items()))
    shanghai = NOW.astimezone(timezone(timedelta(hours=8)))

    assert link(GENESIS, replace(ROW, details=details, happened_at=shanghai)) == link(GENESIS, ROW)


def test_the_hash_of_a_known_row_never_changes() -> None:
    """The bytes as docs/decisions/0005 spells them out."""
    spelled = (
        '{"action":"identity.export","actor":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",'
        '"details":{"count":"1","reason":"asked"},'
        '"happened_at":"2026-01-01T00:00:00.000000+00:00",'
        '"id":"01980000-0000-7000-8000-000000000001","outcome":"done",'
        '"request_id":"request-1","subject":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}'
    )

    hashed = link(GENESIS, ROW)

    assert hashed == sha256(bytes(32) + spelled.encode()).digest()
    assert hashed.hex() == "34927153f235895cab2dc5d62b10ab2f6725d00b7c7fec6ffbeca37f0d591e0f"


def _at(position: int, found: Link) -> Link:
    return replace(found, position=position)
