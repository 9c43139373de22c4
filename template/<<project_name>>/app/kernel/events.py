"""Something that happened in one module and that another may act on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Event:
    """`name` is `module.what_happened`, `subject` the aggregate's id; `data` holds JSON values."""

    id: UUID
    name: str
    subject: UUID
    occurred_at: datetime
    data: Mapping[str, object]
