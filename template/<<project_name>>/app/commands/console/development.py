"""What a developer reads once the app is ready, while the main thread runs the server."""

from collections.abc import Callable, Mapping
from http.client import HTTPException
from string import Template
from threading import Event, Thread
from types import TracebackType
from typing import Final
from urllib.request import urlopen

EVERY_SECONDS: Final = 0.2

_WELCOME = Template(
    """
Running.       $app   (docs: $app/docs)
WeChat         $wechat
$sign_in
Ctrl-C ends it.
"""
)
_SIGN_IN = Template(
    """
A code, good for one sign-in within five minutes:  $code

curl (macOS, Linux, Git Bash):
  curl -s $app/api/v1/auth/wechat/login -H 'Content-Type: application/json' -d '{"code": "$code"}'
  curl -s $app/api/v1/users/me -H 'Authorization: Bearer ACCESS_TOKEN'

PowerShell:
  $$grant = (Invoke-RestMethod $app/api/v1/auth/wechat/login -Method Post -ContentType application/json -Body '{"code": "$code"}').data
  Invoke-RestMethod $app/api/v1/users/me -Headers @{ Authorization = "Bearer $$($$grant.access_token)" }

Another code:
  curl -s $wechat/_sandbox/codes -H 'Content-Type: application/json' -d '{"user": "alice"}'
  (Invoke-RestMethod $wechat/_sandbox/codes -Method Post -ContentType application/json -Body '{"user": "alice"}').code
"""  # noqa: E501 - a line to paste is one line
)


class Announcer:
    """Looks at `/readyz` until it says yes, or until this context is left."""

    def __init__(self, app: str, message: Callable[[], str]) -> None:
        self._app = app
        self._message = message
        self._is_over = Event()
        self._thread = Thread(target=self._announce, name="announcer", daemon=True)

    def __enter__(self) -> "Announcer":
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._is_over.set()
        self._thread.join()

    def _announce(self) -> None:
        while not self._is_over.is_set():
            if is_ready(self._app):
                print(self._message(), flush=True)
                return
            self._is_over.wait(EVERY_SECONDS)


def is_ready(app: str) -> bool:
    try:
        with urlopen(f"{app}/readyz", timeout=1) as answer:  # noqa: S310 - always http://127.0.0.1
            return bool(answer.status == 200)
    except (OSError, HTTPException):
        return False


def welcome(app: str, wechat: str, code: str | None) -> str:
    """Without a code, because WeChat is the real one, there is nothing to paste."""
    known: Mapping[str, str] = {"app": app, "wechat": wechat}
    sign_in = "" if code is None else _SIGN_IN.substitute(known, code=code)
    return _WELCOME.substitute(known, sign_in=sign_in)
