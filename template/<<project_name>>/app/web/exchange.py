"""One request on its way: what each ring found out about it, its body in, its answer out.

`Scope`, `Receive`, `Send` and their kin are the words of ASGI 3.0 that the edge speaks.
"""

import re
from asyncio import get_running_loop, timeout_at
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Final, cast

from ..identity.domain import Caller
from ..kernel.errors import Failure
from ..kernel.ids import new_id
from .envelope import Answer, Reading, failure
from .operations import Operation
from .settings import WebSettings

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

GONE = 499
"""What the log calls a request whose client left before the answer; it never travels."""

_ACCEPTED: Final = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


class NoSuchMethod(Failure):
    code = 405


class BodyTooSlow(Failure):
    code = 408


class BodyTooLarge(Failure):
    code = 413


def header(scope: Scope, name: bytes) -> str:
    """The first of that name, which is lower case; empty when there is none."""
    for known, value in scope["headers"]:
        if known == name:
            return str(value, "latin-1")
    return ""


def is_http1(scope: Scope) -> bool:
    """Later versions of HTTP forbid the header `Connection`."""
    return str(scope.get("http_version", "1.1")).startswith("1")


@dataclass(slots=True)
class Visit:
    """Stands in the ASGI scope as `visit`, from the edge on inwards."""

    request_id: str
    operation: Operation | None = None
    caller: Caller | None = None
    failure: Failure | None = None

    @classmethod
    def begin(cls, scope: Scope) -> "Visit":
        """Keeps a caller's own request id when it is harmless to repeat."""
        given = header(scope, b"x-request-id")
        visit = cls(given if _ACCEPTED.fullmatch(given) else str(new_id()))
        scope["visit"] = visit
        return visit

    @property
    def route(self) -> str:
        """A template, never a path, so that it can be a label."""
        return self.operation.path if self.operation else "unmatched"


def visit_of(scope: Scope) -> Visit:
    return cast(Visit, scope["visit"])


def refuse(scope: Scope, error: Failure, **headers: str) -> Answer:
    """Remembers why, for the access log, and says it in the caller's language."""
    visit_of(scope).failure = error
    reading = Reading(header(scope, b"accept"), header(scope, b"accept-language"))
    return failure(error, reading, headers)


class Refused(Exception):
    """Unwinds a framework after the edge has answered in its place."""


class Exchange:
    """One request; `receive` and `send` are what the framework gets in the server's place."""

    def __init__(
        self, scope: Scope, channel: tuple[Receive, Send], settings: WebSettings, headers: Headers
    ) -> None:
        self._scope = scope
        self._receive, self._send = channel
        self._settings = settings
        self._headers = headers
        self._received = 0
        self._body_ends_at: float | None = None
        self._is_body_complete = False
        self._is_refused = False
        self.status = GONE
        self.has_begun = False
        self.is_complete = False
        self.client_is_gone = False

    async def receive(self) -> Message:
        """Answers 413 and 408 itself, so that no framework can understand them differently."""
        if self._is_body_complete:
            return await self._receive()
        message = await self._receive_in_time()
        if message["type"] == "http.disconnect":
            self.client_is_gone = True
            return message
        self._received += len(message.get("body", b""))
        self._is_body_complete = not message.get("more_body", False)
        if self._received > self._settings.body_limit_bytes:
            await self.cut_off(BodyTooLarge())
            raise Refused
        return message

    async def send(self, message: Message) -> None:
        if self._is_refused or self.client_is_gone:
            return
        if message["type"] == "http.response.start":
            self._begin(message)
        elif not message.get("more_body", False):
            self.is_complete = True
        await self._send(message)

    async def refuse(self, error: Failure, **headers: str) -> None:
        """Answers in the framework's place, as far as nothing was answered yet."""
        if not self.has_begun:
            await self.answer(refuse(self._scope, error, **headers))

    async def cut_off(self, error: Failure) -> None:
        """The last word: what the framework says afterwards is not sent."""
        # The rest of the body is still on the connection, so nothing else can follow on it.
        await self.refuse(error, **({"connection": "close"} if is_http1(self._scope) else {}))
        self._is_refused = True

    async def answer(self, answer: Answer) -> None:
        headers = [
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in answer.headers.items()
        ]
        headers.append((b"content-length", b"%d" % len(answer.body)))
        start = {"type": "http.response.start", "status": answer.status, "headers": headers}
        await self.send(start)
        await self.send({"type": "http.response.body", "body": answer.body})

    async def _receive_in_time(self) -> Message:
        if self._body_ends_at is None:
            now = get_running_loop().time()
            self._body_ends_at = now + self._settings.body_deadline_seconds
        try:
            async with timeout_at(self._body_ends_at):
                return await self._receive()
        except TimeoutError:
            await self.cut_off(BodyTooSlow())
            raise Refused from None

    def _begin(self, message: Message) -> None:
        self.has_begun = True
        self.status = message["status"]
        headers = [*message.get("headers", ()), *self._headers]
        if not any(name == b"cache-control" for name, _ in headers):
            headers.append((b"cache-control", b"no-store"))
        message["headers"] = headers
