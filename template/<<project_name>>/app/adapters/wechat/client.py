"""One call to WeChat: bounded in time and size, never repeated, its URL never written down.

What operators see of it is its path, its outcome, and WeChat's request id.

It speaks through httpx's bare transport, which by construction follows no redirect, asks no
proxy or `.netrc` of the environment, keeps no cookie, and has not httpx's log line with the URL.
"""

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx
from pydantic import SecretStr

from ...identity.errors import WeChatUnavailable, WeChatUnintelligible
from ...kernel.errors import Failure
from .errcodes import errcode_of, label_for
from .settings import WeChatSettings

LARGEST_BODY = 64 * 1024
LIMITS = httpx.Limits(max_connections=50, max_keepalive_connections=10, keepalive_expiry=5)
# A gzip bomb cannot go off: compression is not asked for, and nothing is ever unpacked.
HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}
WIRE_LOGGERS = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.proxy")

Members = Mapping[str, str | bool | SecretStr]
"""Of a query or a body; a secret is revealed only where bytes are made of it."""

OnAnswer = Callable[[str, str], None]
"""Told the path and the outcome of each call; the outcomes are few."""

# WeChat's support finds a call by it, for seven days; nothing else of errmsg is kept.
RID = re.compile(r"\brid: ([0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8})\b")

log = logging.getLogger(__name__)


class WeChatClient:
    def __init__(self, settings: WeChatSettings, on_answer: OnAnswer | None = None) -> None:
        silence_wire_logs()
        self._base_url = httpx.URL(settings.base_url)
        self._on_answer = on_answer
        self._total_seconds = settings.total_timeout_seconds
        self._timeout = httpx.Timeout(
            settings.read_timeout_seconds, connect=settings.connect_timeout_seconds
        ).as_dict()
        # The sandbox speaks plain HTTP and shows no certificate, so none is read in at the start.
        self._transport = httpx.AsyncHTTPTransport(
            verify=self._base_url.scheme == "https", trust_env=False, limits=LIMITS
        )

    async def get(self, path: str, query: Members) -> Mapping[str, Any]:
        """A JSON object, with or without an `errcode`.

        Raises WeChatUnavailable or WeChatUnintelligible; neither says that nothing was done.
        """
        return await observed(path, self._ask("GET", path, query), self._on_answer)

    async def post(self, path: str, query: Members, body: Members) -> Mapping[str, Any]:
        """Like `get`."""
        return await observed(path, self._ask("POST", path, query, body), self._on_answer)

    async def close(self) -> None:
        await self._transport.aclose()

    async def _ask(
        self, method: str, path: str, query: Members, body: Members | None = None
    ) -> Mapping[str, Any]:
        request = WireRequest(
            method,
            self._base_url.copy_with(path=path, params=_revealed(query)),
            json=None if body is None else _revealed(body),
            headers=HEADERS,
            extensions={"timeout": self._timeout},
        )
        try:
            async with asyncio.timeout(self._total_seconds):
                status, content = await self._send(request)
        except (httpx.TransportError, TimeoutError) as error:
            raise WeChatUnavailable(f"{path}: {type(error).__name__}") from error
        return _object(path, status, content)

    async def _send(self, request: httpx.Request) -> tuple[int, bytes]:
        response = await self._transport.handle_async_request(request)
        content = bytearray()
        try:
            async for piece in response.aiter_raw():
                content += piece
                if len(content) > LARGEST_BODY:
                    break
        finally:
            await response.aclose()
        return response.status_code, bytes(content)


async def observed(
    path: str, asking: Awaitable[Mapping[str, Any]], on_answer: OnAnswer | None
) -> Mapping[str, Any]:
    """Gives and raises what `asking` does, and `WeChatUnintelligible` for an odd errcode."""
    outcome, noted = "abandoned", dict[str, object]()
    try:
        answer = await asking
        outcome = label_for(errcode_of(answer))
        noted = {"errcode": errcode_of(answer), "rid": _rid(answer)}
        return answer
    except Failure as failure:
        outcome = "unavailable" if isinstance(failure, WeChatUnavailable) else "unintelligible"
        raise
    finally:
        level = logging.INFO if outcome == "ok" else logging.WARNING
        log.log(level, "wechat.call", extra={"path": path, "outcome": outcome, **noted})
        if on_answer is not None:
            on_answer(path, outcome)


class WireRequest(httpx.Request):
    """A request whose text is not its URL, which carries the secret."""

    def __repr__(self) -> str:
        return f"<WireRequest {self.method} {self.url.path}>"


def silence_wire_logs() -> None:
    """At DEBUG the libraries write down what WeChat sends, an echo of our URL included.

    A filter holds whatever level anybody sets later.
    """
    for name in WIRE_LOGGERS:
        logging.getLogger(name).addFilter(_nothing)


def _nothing(_: logging.LogRecord) -> bool:
    return False


def _revealed(members: Members) -> dict[str, str | bool]:
    return {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value
        for name, value in members.items()
    }


def _object(path: str, status: int, content: bytes) -> Mapping[str, Any]:
    """WeChat says `text/plain` of JSON, so no header is asked what the bytes are."""
    if status == 429 or status >= 500:
        raise WeChatUnavailable(f"{path}: HTTP {status}")
    if status != 200:
        raise WeChatUnintelligible(f"{path}: HTTP {status}")
    if len(content) > LARGEST_BODY:
        raise WeChatUnintelligible(f"{path}: more than {LARGEST_BODY} bytes")
    try:
        answer = json.loads(content.decode())
    except (ValueError, RecursionError):
        # Without its cause, which quotes the answer.
        raise WeChatUnintelligible(f"{path}: no JSON") from None
    if not isinstance(answer, dict):
        raise WeChatUnintelligible(f"{path}: no JSON object")
    return answer


def _rid(answer: Mapping[str, Any]) -> str:
    found = RID.search(str(answer.get("errmsg", "")))
    return found.group(1) if found else ""
