"""A folder in which commands run, as a developer's machine has it."""

import shutil
import socket
from pathlib import Path

import pytest

from app.__main__ import main
from app.settings import known_names

PROJECT = Path(__file__).parents[2]


def stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of ours is in the environment; what commands put there goes away again."""
    monkeypatch.chdir(folder)
    for name in (*known_names(), "SANDBOX_PORT"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    shutil.copy(PROJECT / ".env.example", folder)


def set_up(folder: Path, **settings: str) -> None:
    """A folder with `.env` and a migrated database."""
    assert main(["setup"]) == 0
    lines = "".join(f"{name}={value}\n" for name, value in settings.items())
    with (folder / ".env").open("a", encoding="utf-8") as file:
        file.write(lines)
    assert main(["migrate"]) == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
