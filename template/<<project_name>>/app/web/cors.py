"""Which web pages of other origins may call; none, unless the settings name some."""

from collections.abc import Sequence
from typing import Final

from .asgi import Headers, Scope, header

_EXPOSED: Final = b"X-Request-Id, Retry-After"
_ALLOWED: Final[Headers] = [
    (b"access-control-allow-methods", b"GET, POST, PUT, DELETE"),
    (
        b"access-control-allow-headers",
        b"Accept-Language, Authorization, Content-Type, Idempotency-Key, X-Canary-Bucket,"
        b" X-Request-Id",
    ),
    (b"access-control-max-age", b"600"),
]


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
            (b"access-control-expose-headers", _EXPOSED),
        ]

    def preflight(self, scope: Scope) -> Headers | None:
        """What a browser that asks beforehand is told; `None` when this is no such question."""
        if scope["method"] != "OPTIONS" or not header(scope, b"access-control-request-method"):
            return None
        return _ALLOWED if header(scope, b"origin") in self._origins else None
