"""One request and what is answered to it, before and after they are HTTP."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

JSON_TYPE = "application/json; encoding=utf-8"
"""WeChat's own spelling, which no standard knows."""


@dataclass(frozen=True, slots=True)
class Request:
    """`target` is path and query as they came."""

    method: str
    target: str
    path: str
    query: Mapping[str, str]
    body: bytes

    def members(self) -> dict[str, Any] | None:
        """The body as a JSON object; `None` for whatever is none."""
        try:
            parsed = json.loads(self.body.decode())
        except (ValueError, RecursionError):
            return None
        return parsed if isinstance(parsed, dict) else None


@dataclass(frozen=True, slots=True)
class Answer:
    """`outcome` is what the list of calls says of it."""

    body: bytes
    status: int = 200
    content_type: str = JSON_TYPE
    headers: Mapping[str, str] = field(default_factory=dict)
    outcome: str = "ok"


def as_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
