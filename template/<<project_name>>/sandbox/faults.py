"""How a call may go wrong on purpose."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .exchange import Answer, Request

GATEWAY_PAGE = b"<html><head><title>%d</title></head><body>gateway</body></html>"


@dataclass(frozen=True, slots=True)
class Fault:
    """One of `errcode`, `status`, `delay_seconds`, `drop` and `body`, or `status` with `body`.

    With `consume` the genuine work is done first, so a code is spent although its answer is lost.
    A status from 300 to 399 redirects to the text in `body`, or without one to the same address,
    so that a client which follows is answered and found out.
    A body of more than 64 KiB is sent in chunks, its length unsaid; `headers` is for tests only.
    """

    errcode: int | None = None
    status: int | None = None
    delay_seconds: float | None = None
    drop: bool = False
    body: bytes | None = None
    consume: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def outcome(self) -> str:
        if self.drop:
            return "dropped"
        if self.delay_seconds is not None:
            return "delayed"
        if self.errcode is not None:
            return f"errcode {self.errcode}"
        return "another body" if self.status is None else f"status {self.status}"

    def page(self, request: Request, content_type: str) -> Answer:
        """What is sent for a `status` or a `body`."""
        if self.status is None:
            return Answer(self.body or b"", 200, content_type, self.headers, self.outcome)
        if 300 <= self.status < 400:
            target = self.body.decode() if self.body else request.target
            return Answer(b"", self.status, "text/html", {"Location": target}, self.outcome)
        body = GATEWAY_PAGE % self.status if self.body is None else self.body
        return Answer(body, self.status, "text/html", self.headers, self.outcome)
