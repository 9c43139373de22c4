"""Links audit rows by hash, so that a changed, lost or moved row breaks the chain where it was."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256

from .ports import AuditHistory, AuditRow

GENESIS = bytes(32)
"""What stands before the first row."""

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Verdict:
    """`broken_at` is the position of the first row that does not fit what lies before it.

    `head` is the last hash: kept elsewhere, it also proves that no later row was cut off.
    """

    checked: int
    broken_at: int | None
    head: bytes


def link(previous: bytes, row: AuditRow) -> bytes:
    """SHA-256 over the hash before and the row as canonical JSON (sorted, no spaces, ASCII)."""
    return sha256(previous + _canonical(row)).digest()


async def verify(history: AuditHistory) -> Verdict:
    checked, previous, position = 0, GENESIS, 0
    while page := await history.links(position, _PAGE):
        for found in page:
            if link(previous, found.row) != found.hash:
                return Verdict(checked, found.position, previous)
            checked, previous, position = checked + 1, found.hash, found.position
    return Verdict(checked, None, previous)


def chained(previous: bytes, rows: Iterable[AuditRow]) -> list[tuple[AuditRow, bytes]]:
    """Each row with its hash, in order, behind `previous`."""
    linked = []
    for row in rows:
        previous = link(previous, row)
        linked.append((row, previous))
    return linked


def _canonical(row: AuditRow) -> bytes:
    fields = {
        "id": str(row.id),
        "happened_at": row.happened_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "request_id": row.request_id,
        "action": row.action,
        "actor": row.actor,
        "subject": row.subject,
        "outcome": row.outcome,
        "details": dict(row.details),
    }
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode("ascii")
