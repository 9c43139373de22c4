"""Starts the production server, whatever APP_ENV says, until SIGTERM or Ctrl-C.

On SIGTERM `/readyz` says 503 for APP_DRAIN_SECONDS; then no connection is accepted any more, what
was accepted is answered, queues are written, and the process ends with 0.
"""

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from ..adapters.telemetry import configure_logs
from ..adapters.telemetry.settings import SHARED_FOLDER
from ..settings import Settings, read_settings
from .serving import require_free


def configure(parser: ArgumentParser) -> None:
    """Takes nothing: APP_HOST, APP_PORT and APP_WORKERS say where and how."""


def run(_asked: Namespace) -> int:
    settings = read_settings()
    configure_logs(settings.telemetry)
    require_free(settings.web.host, settings.web.port)
    # Here and not above: wrong settings are told before a server is loaded.
    from .serving.server import Server

    with shared_figures(settings):
        Server(settings, drain_seconds=settings.server.drain_seconds).run()
    return 0


@contextmanager
def shared_figures(settings: Settings) -> Iterator[None]:
    """A folder in which several workers add up their figures; one worker needs none."""
    if settings.web.workers == 1:
        yield
        return
    with TemporaryDirectory(prefix="figures-", ignore_cleanup_errors=True) as folder:
        os.environ[SHARED_FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[SHARED_FOLDER]
