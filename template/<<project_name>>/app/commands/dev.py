"""Runs app and WeChat sandbox together on this machine, and starts the app anew on each change.

Does what is missing of setup, migrate and seed before; prints a ready-made login code.
"""

import asyncio
import os
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from ..adapters.persistence.migrations import migrate
from ..adapters.telemetry import configure_logs
from ..adapters.wechat.settings import LOOPBACK
from ..settings import ENV_FILE, Settings, read_settings
from .console.development import Announcer, welcome
from .console.refusals import CannotDo
from .serving import require_free
from .serving.server import Server
from .setup import EXAMPLE, sandbox_port, write_env_file

SOURCE: Final = Path(__file__).parents[1]

Coder = Callable[[str], str]


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("--user", default="alice", help="whose code is made, default alice")


def run(asked: Namespace) -> int:
    _refuse_production(os.environ.get("APP_ENV"))
    write_env_file(ENV_FILE, EXAMPLE, sandbox_port())
    settings = read_settings()
    _refuse_production(settings.web.env)
    require_free(settings.web.host, settings.web.port)
    configure_logs(settings.telemetry)
    prepare(settings)
    with sandbox_for(settings) as (wechat, new_code):
        app = f"http://127.0.0.1:{settings.web.port}"
        code = None if new_code is None else lambda: new_code(asked.user)
        with Announcer(app, lambda: welcome(app, wechat, code() if code else None)):
            Server(settings, drain_seconds=0, reload_paths=_reload_paths()).run()
    return 0


def prepare(settings: Settings) -> None:
    """Migrates, and fills the catalogue of a project that has one."""
    asyncio.run(migrate(settings.database))
    seed = f"{__package__}.seed"
    if find_spec(seed) is not None:
        asyncio.run(import_module(seed).fill_catalogue(settings))


@contextmanager
def sandbox_for(settings: Settings) -> Iterator[tuple[str, Coder | None]]:
    """Where WeChat is, and who makes codes; no sandbox where the settings name the real one."""
    if LOOPBACK.fullmatch(settings.wechat.base_url) is None:
        yield settings.wechat.base_url, None
        return
    # Here and not above: the production image has no sandbox.
    from sandbox import Sandbox

    port = sandbox_port()
    try:
        sandbox = Sandbox.start(settings.wechat.secret.get_secret_value(), port=port)
    except OSError as error:
        raise CannotDo(f"SANDBOX_PORT: port {port} cannot be used ({error.strerror}).") from None
    with sandbox:
        os.environ["WECHAT_BASE_URL"] = sandbox.url
        yield sandbox.url, sandbox.code


def _reload_paths() -> list[Path]:
    return [SOURCE] if find_spec("watchfiles") is not None else []


def _refuse_production(environment: str | None) -> None:
    if environment in ("staging", "production"):
        raise CannotDo(f"`dev` is for development; APP_ENV says {environment}. Use `serve`.")
