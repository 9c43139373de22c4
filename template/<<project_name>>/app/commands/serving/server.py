"""The production server: Granian, told to say goodbye before it leaves.

Why Granian, and what was measured: docs/decisions/0010-server.md.
"""

import multiprocessing
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from threading import Timer
from typing import Any, Final, Literal

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

from ...settings import Settings
from ..console.refusals import CannotDo
from .worker import load

LARGEST_HEAD_BYTES: Final = 64 * 1024
"""Of a request's line and headers together; more is answered 431."""

_LOGGING: Final = {
    "loggers": {
        name: {"handlers": [], "level": "INFO", "propagate": True}
        for name in ("_granian", "granian.access")
    }
}
"""Granian's lines go where ours go, and look the same."""


class Server:
    """Serves until it is told to end; `run` returns when everything accepted is answered."""

    def __init__(
        self, settings: Settings, *, drain_seconds: float, reload_paths: Sequence[Path] = ()
    ) -> None:
        multiprocessing.set_start_method(
            start_method(settings.web.workers, is_reloading=bool(reload_paths)), force=True
        )
        receiver, self._sender = multiprocessing.Pipe(duplex=False)
        self._drain_seconds = drain_seconds
        self._granian = granian = Granian("app", **_options(settings, reload_paths))
        self._stop: Callable[[], None] = granian.signal_handler_interrupt
        granian.signal_handler_interrupt = self.end  # type: ignore[method-assign]
        self._load = partial(load, receiver, self._sender, settings.telemetry)
        self._is_ending = False

    def run(self) -> None:
        """Raises CannotDo when a worker could not start or died."""
        try:
            self._granian.serve(target_loader=self._load, wrap_loader=False)
        except SystemExit as error:
            # A worker that got the terminal's Ctrl-C beside us ended as it should.
            if error.code and not self._is_ending:
                raise CannotDo("A process that served ended by itself; its log says why.") from None

    def end(self, number: int = signal.SIGTERM, _frame: object = None) -> None:
        """SIGTERM lets callers go elsewhere first; a second one, or Ctrl-C, does not wait."""
        is_first, self._is_ending = not self._is_ending, True
        self._sender.close()
        if is_first and number == signal.SIGTERM and self._drain_seconds > 0:
            timer = Timer(self._drain_seconds, self._stop)
            timer.daemon = True
            timer.start()
        else:
            self._stop()


def start_method(workers: int, *, is_reloading: bool) -> Literal["fork", "spawn"]:
    """A single worker on Linux takes over what the parent has loaded, in half the time.

    Several are not forked, since the first one gave the parent a thread, and a fork of threads
    can hang; nor is one that shall load changed code.
    """
    can_fork = sys.platform == "linux" and workers == 1 and not is_reloading
    return "fork" if can_fork else "spawn"


def _options(settings: Settings, reload_paths: Sequence[Path]) -> dict[str, Any]:
    return {
        "address": settings.web.host,
        "port": settings.web.port,
        "interface": Interfaces.ASGI,
        "workers": settings.web.workers,
        "http": HTTPModes.http1,
        "websockets": False,
        "http1_settings": HTTP1Settings(
            header_read_timeout=settings.server.header_seconds * 1000,
            max_buffer_size=LARGEST_HEAD_BYTES,
        ),
        "log_dictconfig": {"version": 1, "disable_existing_loggers": False, **_LOGGING},
        "log_access": False,
        "workers_kill_timeout": settings.server.stop_seconds,
        "reload": bool(reload_paths),
        "reload_paths": list(reload_paths),
    }
