"""The one layer around every framework: what all requests have in common happens here once.

That includes what pages of other origins are told, and the life of the process.
"""

from asyncio import timeout
from collections.abc import Sequence
from time import perf_counter
from typing import Final

from ..application import Application
from ..kernel.errors import Broken, Unavailable
from ..kernel.request import request_id
from .access_log import log_defect, log_request
from .envelope import Answer
from .exchange import (
    App,
    BodyTooLarge,
    Exchange,
    Headers,
    Receive,
    Refused,
    Scope,
    Send,
    Visit,
    header,
    is_http1,
)
from .operations import OPERATIONS
from .ports import Metrics
from .settings import WebSettings

SECURITY_HEADERS: Final[Headers] = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"server", b"app"),
]
"""A server puts its own name and version where nobody says `server`."""

HSTS: Final = (b"strict-transport-security", b"max-age=31536000")

METHODS: Final = frozenset(method for method, _ in OPERATIONS)

CORS_EXPOSED: Final = b"X-Request-Id, Retry-After"
CORS_ALLOWED: Final[Headers] = [
    (b"access-control-allow-methods", b"GET, POST, PUT, DELETE"),
    (
        b"access-control-allow-headers",
        b"Accept-Language, Authorization, Content-Type, Idempotency-Key, X-Canary-Bucket,"
        b" X-Request-Id",
    ),
    (b"access-control-max-age", b"600"),
]


class Edge:
    """An ASGI application around a framework's: request ids, limits of bodies and time, security
    headers, figures, the access log, the last answer when all else failed, and the lifespan.
    """

    def __init__(
        self, app: App, application: Application, settings: WebSettings, metrics: Metrics
    ) -> None:
        self.lifecycle = Lifecycle()
        self._app = app
        self._application = application
        self._settings = settings
        self._metrics = metrics
        self._cors = Cors(settings.cors_origins)
        self._headers = [*SECURITY_HEADERS, *([HSTS] if settings.is_production else [])]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._serve(scope, receive, send)
        elif scope["type"] == "lifespan":
            await live(self._application, self.lifecycle, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = perf_counter()
        self._metrics.request_began()
        visit = Visit.begin(scope)
        outer = request_id.set(visit.request_id)
        exchange = Exchange(scope, (receive, send), self._settings, self._headers_of(scope, visit))
        try:
            await self._exchange(scope, exchange)
        finally:
            self._say(scope["method"], visit, exchange.status, perf_counter() - began)
            request_id.reset(outer)

    async def _exchange(self, scope: Scope, exchange: Exchange) -> None:
        """Whatever happens, one whole answer is sent, or the connection is broken."""
        try:
            async with timeout(self._settings.request_deadline_seconds) as deadline:
                await self._answer(scope, exchange)
        except Exception as error:
            if exchange.client_is_gone:
                return
            if not isinstance(error, Refused):
                await self._rescue(error, exchange, is_late=deadline.expired())
            if not exchange.is_complete:
                raise

    async def _rescue(self, error: Exception, exchange: Exchange, *, is_late: bool) -> None:
        if is_late:
            await exchange.refuse(Unavailable("past its deadline"))
            return
        log_defect(error)
        await exchange.refuse(Broken(type(error).__qualname__))

    async def _answer(self, scope: Scope, exchange: Exchange) -> None:
        allowed = self._cors.preflight(scope)
        if allowed is not None:
            headers = {name.decode(): value.decode() for name, value in allowed}
            await exchange.answer(Answer(200, headers, b""))
        elif self._declares_too_much(scope):
            await exchange.cut_off(BodyTooLarge())
        else:
            await self._app(scope, exchange.receive, exchange.send)

    def _declares_too_much(self, scope: Scope) -> bool:
        declared = header(scope, b"content-length")
        if not (declared.isascii() and declared.isdigit()):
            return False
        return int(declared[:20]) > self._settings.body_limit_bytes

    def _headers_of(self, scope: Scope, visit: Visit) -> Headers:
        headers = [(b"x-request-id", visit.request_id.encode("ascii")), *self._headers]
        headers += self._cors.headers(scope)
        if self.lifecycle.is_draining and is_http1(scope):
            headers.append((b"connection", b"close"))
        return headers

    def _say(self, method: str, visit: Visit, status: int, seconds: float) -> None:
        label = method if method in METHODS else "OTHER"
        self._metrics.request_ended(label, visit.route, status, seconds)
        log_request(label, visit, status, seconds)


class Cors:
    """Tokens travel in a header, so credentials in the sense of CORS are never allowed."""

    def __init__(self, origins: Sequence[str]) -> None:
        self._origins = frozenset(origins)

    def headers(self, scope: Scope) -> Headers:
        """What every answer says to the page that asked."""
        if not self._origins:
            return []
        origin = header(scope, b"origin")
        if origin not in self._origins:
            return [(b"vary", b"Origin")]
        return [
            (b"vary", b"Origin"),
            (b"access-control-allow-origin", origin.encode("latin-1")),
            (b"access-control-expose-headers", CORS_EXPOSED),
        ]

    def preflight(self, scope: Scope) -> Headers | None:
        """What a browser that asks beforehand is told; `None` when this is no such question."""
        if scope["method"] != "OPTIONS" or not header(scope, b"access-control-request-method"):
            return None
        return CORS_ALLOWED if header(scope, b"origin") in self._origins else None


class Lifecycle:
    """The server process says `drain` when it was asked to stop, before it stops listening."""

    def __init__(self) -> None:
        self.is_draining = False

    def drain(self) -> None:
        """From now on `/readyz` says no, and kept connections are asked to close."""
        self.is_draining = True


async def live(
    application: Application, lifecycle: Lifecycle, receive: Receive, send: Send
) -> None:
    """ASGI's lifespan: the application's companions run as long as the server does."""
    await receive()
    try:
        await application.__aenter__()
    except Exception as error:
        log_defect(error)
        await application.__aexit__(None, None, None)
        await send({"type": "lifespan.startup.failed", "message": type(error).__name__})
        return
    await send({"type": "lifespan.startup.complete"})
    await receive()
    lifecycle.drain()
    await application.__aexit__(None, None, None)
    await send({"type": "lifespan.shutdown.complete"})
