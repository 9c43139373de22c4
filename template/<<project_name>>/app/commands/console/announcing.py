"""Says something once the app is ready, while the main thread runs the server."""

from collections.abc import Callable
from http.client import HTTPException
from threading import Event, Thread
from types import TracebackType
from typing import Final
from urllib.request import urlopen

EVERY_SECONDS: Final = 0.2


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
