"""Who did what to whom, for those who must answer for it later."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Outcome = Literal["done", "refused"]


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """`actor` and `subject` are internal ids, which the trail stores as pseudonyms.

    `details` holds no personal data: names of fields, reasons, counts.
    """

    action: str
    actor: str
    subject: str
    outcome: Outcome = "done"
    details: Mapping[str, str] = field(default_factory=dict)
