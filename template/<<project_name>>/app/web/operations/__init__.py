"""The table of operations: documents are made from it, and no route exists that is not in it.

Each module brings a file with its rows; what lies outside the API stands here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal

from pydantic import BaseModel

from ..codes import CODES, Code
from ..per_module import files_of

Method = Literal["GET", "POST", "PUT", "DELETE"]
"""`wx.request` knows no PATCH."""

Limit = Literal["sign_in", "refresh", "phone", "others"]
"""Which count an operation adds to; `limits.py` says by whom and how many."""

API = "/api/v1"

ALWAYS: Final = (500,)
API_CODES: Final = (429, 503, 9001, 9005)
SIGNED_IN_CODES: Final = (401, 9002)
BODY_CODES: Final = (400, 408, 413, 415)
PARAMETER_CODES: Final = (400,)
"""Refusals that operations have for their kind, as `codes_of` tells."""


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


def codes_of(operation: Operation) -> Sequence[Code]:
    """All refusals that an operation can give: its own, and those of its kind."""
    numbers = {*operation.codes, *ALWAYS}
    if operation.limit is not None:
        numbers |= set(API_CODES)
    if operation.needs_sign_in:
        numbers |= set(SIGNED_IN_CODES)
    if operation.body is not None:
        numbers |= set(BODY_CODES)
    if operation.query is not None or operation.headers:
        numbers |= set(PARAMETER_CODES)
    return [CODES[number] for number in sorted(numbers)]


def _outside(
    name: str, path: str, summary: str, media_type: str | None = None, codes: tuple[int, ...] = ()
) -> Operation:
    return Operation(
        name=name,
        method="GET",
        path=path,
        summary=summary,
        tag="service",
        codes=codes,
        needs_sign_in=False,
        limit=None,
        media_type=media_type,
    )


OUTSIDE: Final = (
    _outside("is_alive", "/healthz", "Whether the process lives"),
    _outside("is_ready", "/readyz", "Whether it can serve just now", codes=(503,)),
    _outside("metrics", "/metrics", "Figures, as Prometheus text", "text/plain"),
    _outside("document", "/openapi.json", "This document", "application/json"),
    _outside("docs", "/docs", "This document, to be read by people", "text/html"),
    _outside(
        "public_keys",
        "/.well-known/jwks.json",
        "The public keys of access tokens",
        "application/json",
    ),
)
"""For those who run the service, and for their tools."""


def _gather() -> Mapping[tuple[str, str], Operation]:
    modules = (row for file in files_of(__name__) for row in file.OPERATIONS)
    return MappingProxyType({(row.method, row.path): row for row in (*modules, *OUTSIDE)})


OPERATIONS: Final = _gather()
"""By method and full path."""
