"""One HTTP exchange with a program on this machine, kept to be shown."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any, Final

_TIMEOUT_SECONDS: Final = 10


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was sent, and what came back."""

    method: str
    path: str
    token: str | None
    body: dict[str, Any] | None
    status: int
    answer: dict[str, Any]

    def worded(self) -> str:
        sent = [f"> {self.method} {self.path}"]
        if self.token is not None:
            sent.append(f"> Authorization: Bearer {self.token[:24]}…")
        if self.body is not None:
            sent.append(f"> {_compact(self.body)}")
        return "\n".join([*sent, f"< {self.status}", f"< {_compact(self.answer)}", ""])

    def document(self) -> dict[str, Any]:
        return {
            "request": {"method": self.method, "path": self.path, "body": self.body},
            "response": {"status": self.status, "body": self.answer},
        }


def exchanged(
    address: str,
    method: str,
    path: str,
    body: dict[str, Any] | None = None,
    token: str | None = None,
) -> Exchange:
    """OSError where nobody answers, ValueError where the answer is no JSON."""
    headers = {"Accept": "application/json"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address + path, content, headers, method=method)  # noqa: S310
    status, answer = _answered(request)
    return Exchange(method, path, token, body, status, answer)


def _answered(request: urllib.request.Request) -> tuple[int, dict[str, Any]]:
    try:
        with direct().open(request, timeout=_TIMEOUT_SECONDS) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def direct() -> urllib.request.OpenerDirector:
    """Past any proxy that the environment names: whom we talk to is on this machine."""
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _compact(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False)
