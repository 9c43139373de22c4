"""One row of the table of operations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel

Method = Literal["GET", "POST", "PUT", "DELETE"]
"""`wx.request` knows no PATCH."""

Limit = Literal["sign_in", "refresh", "phone", "others"]
"""Which count an operation adds to; `limits.py` says by whom and how many."""

API = "/api/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What clients can ask for: it is documented from this row, and guarded by it.

    `data` is the shape of a success, `None` for null; `codes` are the refusals of its own,
    beside those that every operation of its kind has; `headers` are types by name.
    """

    name: str
    method: Method
    path: str
    summary: str
    tag: str
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    headers: Mapping[str, Any] = field(default_factory=dict)
    data: Any = None
    codes: tuple[int, ...] = ()
    needs_sign_in: bool = True
    limit: Limit | None = "others"
    media_type: str | None = None
    """Of an answer that has no envelope."""
