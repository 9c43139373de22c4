"""`python -m app serve` in a process of its own, and clients that come to it over TCP."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select

from app.adapters.persistence import open_database
from app.adapters.persistence.migrations import migrate
from app.adapters.persistence.schema import all_tables
from app.settings import read_settings
from sandbox import Sandbox

PROJECT = Path(__file__).parents[2]
API = "/api/v1"
PATIENCE_SECONDS = 60
"""For a busy machine; nothing waits for so long when all is well."""


@dataclass
class Service:
    process: subprocess.Popen[bytes]
    log: Path
    url: str
    sandbox: Sandbox
    client: httpx.Client = field(
        default_factory=lambda: httpx.Client(headers={"Connection": "close"}, timeout=10)
    )
    """Opens a connection for each request, so that any worker may get it."""

    @property
    def pid(self) -> int:
        return self.process.pid

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.client.get(self.url + path, **more)

    def sign_in(self, client: httpx.Client, user: str = "alice") -> Mapping[str, Any]:
        """The grant."""
        body = {"code": self.sandbox.code(user)}
        answer = client.post(self.url + API + "/auth/wechat/login", json=body, timeout=10)
        assert answer.status_code == 200, answer.text
        grant: Mapping[str, Any] = answer.json()["data"]
        return grant

    def status_of(self, path: str) -> int | None:
        """`None` while nobody listens."""
        try:
            return self.get(path).status_code
        except httpx.TransportError:
            return None

    def wait_until(self, path: str, status: int, within_seconds: float = PATIENCE_SECONDS) -> float:
        """How long it took, in seconds."""
        began = time.monotonic()
        while self.status_of(path) != status:
            assert self.process.poll() is None, self.log.read_text("utf-8")
            assert time.monotonic() < began + within_seconds, f"{path} never became {status}"
            time.sleep(0.02)
        return time.monotonic() - began

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def ended(self) -> tuple[int, str]:
        """Its exit code and all that it logged."""
        exit_code = self.process.wait(timeout=PATIENCE_SECONDS)
        return exit_code, self.log.read_text("utf-8")

    def kill(self) -> None:
        """The server and its workers, like a machine that lost its power."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(secrets: Mapping[str, str], database: Path, sandbox: Sandbox) -> dict[str, str]:
    return {
        **{name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TMP") if name in os.environ},
        **secrets,
        "APP_ENV": "test",
        "APP_PORT": str(free_port()),
        "APP_DRAIN_SECONDS": "0.5",
        "DATABASE_URL": f"sqlite:///{database}",
        "LIMITS_ENABLED": "false",
        "PYTHONPATH": str(PROJECT),
        "WECHAT_APPID": sandbox.appid,
        "WECHAT_BASE_URL": sandbox.url,
    }


def make_database(environ: Mapping[str, str]) -> None:
    asyncio.run(migrate(read_settings(environ).database))


def rows(environ: Mapping[str, str], table: str) -> list[dict[str, Any]]:
    """What the database holds, read by another process than the service."""

    async def read() -> list[dict[str, Any]]:
        database = open_database(read_settings(environ).database)
        async with database.reading() as connection:
            found = (await connection.execute(select(all_tables().tables[table]))).mappings().all()
        await database.close()
        return [dict(row) for row in found]

    return asyncio.run(read())


def start(
    environ: Mapping[str, str], folder: Path, *command: str
) -> tuple[subprocess.Popen[bytes], Path]:
    """The process and what it writes; a file, because a full pipe would stop it."""
    log = folder / f"{'-'.join(command) or 'serve'}-{time.monotonic_ns()}.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", *(command or ("serve",))],
            env=dict(environ),
            cwd=folder,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    return process, log


@contextmanager
def serving(environ: Mapping[str, str], folder: Path, sandbox: Sandbox) -> Iterator[Service]:
    """From the moment that it answers `/healthz`; what still lives in the end is killed."""
    process, log = start(environ, folder)
    service = Service(process, log, f"http://127.0.0.1:{environ['APP_PORT']}", sandbox)
    try:
        service.wait_until("/healthz", 200)
        yield service
    finally:
        service.client.close()
        service.kill()


def run_to_its_end(environ: Mapping[str, str], folder: Path) -> tuple[int, str]:
    """For a service that should not start: its exit code and what it said."""
    process, log = start(environ, folder)
    try:
        return process.wait(timeout=PATIENCE_SECONDS), log.read_text("utf-8")
    finally:
        process.kill()
