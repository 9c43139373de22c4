"""Speaks ASGI by hand, for what an HTTP client would never do."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Any

from app.web.edge import Edge


@dataclass
class Heard:
    """What the app sent back."""

    messages: list[dict[str, Any]] = field(default_factory=list)

    @property
    def status(self) -> int:
        return int(self.messages[0]["status"])

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.messages[0]["headers"]}

    @property
    def json(self) -> Any:
        return json.loads(b"".join(message["body"] for message in self.messages[1:]))


async def speak(
    app: Edge,
    method: str,
    path: str,
    chunks: Iterable[bytes] = (b"",),
    *,
    headers: Iterable[tuple[str, str]] = (),
    then: str = "end",
    http_version: str = "1.1",
) -> Heard:
    """`then` is what follows the chunks: `end`, `silence`, or `disconnect`."""
    heard = Heard()
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": http_version,
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
        "client": ("203.0.113.7", 4711),
        "server": ("shop.test", 80),
    }
    incoming = _messages(list(chunks), then)

    async def receive() -> dict[str, Any]:
        return await anext(incoming)

    async def send(message: Any) -> None:
        heard.messages.append(dict(message))

    await app(scope, receive, send)
    return heard


async def _messages(chunks: list[bytes], then: str) -> AsyncIterator[dict[str, Any]]:
    for position, chunk in enumerate(chunks):
        is_last = then == "end" and position == len(chunks) - 1
        yield {"type": "http.request", "body": chunk, "more_body": not is_last}
    if then == "silence":
        await asyncio.Event().wait()
    yield {"type": "http.disconnect"}
