"""What the audit trail needs from outside: a table to append to and to read back."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from ...kernel.audit import Outcome


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One event as it is kept; `actor` and `subject` are pseudonyms of at most 32 characters.

    `id` names the event, not the row: a batch whose commit went unanswered is written again,
    so the same `id` twice is one event.
    """

    id: UUID
    happened_at: datetime
    request_id: str
    action: str
    actor: str
    subject: str
    outcome: Outcome
    details: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Link:
    """A row in its place of the chain: `hash` is `chain.link(the hash before, row)`."""

    position: int
    row: AuditRow
    hash: bytes


class AuditStore(Protocol):
    """Appends within the unit of work that it was opened in."""

    async def append(self, rows: Sequence[AuditRow]) -> None:
        """In this order, each linked to the one before; raises a kernel Failure when it cannot."""


class AuditHistory(Protocol):
    """Reads the chain back."""

    async def links(self, after: int, limit: int) -> Sequence[Link]:
        """In ascending order of positions greater than `after`; 0 reads from the first."""


OpenStore = Callable[[], AbstractAsyncContextManager[AuditStore]]
"""Opens a unit of work of its own: leaving it commits, raising in it undoes."""
