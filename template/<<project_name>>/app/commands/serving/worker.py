"""One process that serves requests, started by the server in the parent process."""

import os
import signal
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from threading import Thread
from typing import Any, Protocol

from ...adapters.telemetry import configure_logs
from ...adapters.telemetry.settings import TelemetrySettings


class Lifecycle(Protocol):
    def drain(self) -> None: ...


def load(drain: Connection, parents_end: Connection, telemetry: TelemetrySettings) -> Any:
    """The ASGI application; it drains as soon as the parent closes its end of the pipe.

    That is also what happens when the parent is killed.
    """
    # Here and not above: the parent hands this function over, and has no use for a whole backend.
    from ...main import create

    # This process has a copy, which would keep the pipe open.
    parents_end.close()
    configure_logs(telemetry)
    app = create()
    watcher = Thread(target=_watch, args=(drain, app.lifecycle), name="drain", daemon=True)
    watcher.start()
    return app


def _watch(drain: Connection, lifecycle: Lifecycle) -> None:
    try:
        drain.recv_bytes()
    except (EOFError, OSError):
        lifecycle.drain()
    parent = parent_process()
    if parent is not None:
        # It tells this process to end; if it ended first, by force, nobody would.
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
