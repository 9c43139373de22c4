"""`python -m sandbox`: where it listens, whom it lets in, and how it ends."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from sandbox import Sandbox
from sandbox.__main__ import main, read_settings

PROJECT = Path(__file__).parents[2]


@contextmanager
def running(folder: Path, **environ: str) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """The process, its first line, and its address."""
    inherited = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "--port", "0"],
        cwd=folder,
        env={**inherited, "PYTHONPATH": str(PROJECT), **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            assert found is not None, process.stderr and process.stderr.read()
            yield process, line, found.group()
        finally:
            process.kill()


def exchange(url: str, secret: str) -> object:
    code = httpx.post(f"{url}/_sandbox/codes", json={"user": "alice"}).json()["code"]
    query = {"appid": Sandbox.appid, "secret": secret, "grant_type": "authorization_code"}
    answer = httpx.get(f"{url}/sns/jscode2session", params=query | {"js_code": code})
    return answer.json().get("errcode")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without asking it")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    with running(tmp_path) as (process, line, url):
        assert exchange(url, "whatever") is None

        process.send_signal(number)

        assert process.wait(timeout=10) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
        assert "any secret" in line


def test_it_takes_the_secret_of_env(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("APP_ENV=development\nWECHAT_SECRET='of-the-file'\n")

    with running(tmp_path) as (_, line, url):
        assert exchange(url, "of-the-file") is None
        assert exchange(url, "another") == 40125
        assert "of-the-file" not in line


@pytest.mark.parametrize("how", ["environment", "file"])
def test_it_refuses_production(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("APP_ENV", raising=False)
    if how == "environment":
        monkeypatch.setenv("APP_ENV", "production")
    else:
        (tmp_path / ".env").write_text("APP_ENV=production\n")

    assert main(["--port", "0"]) == 1
    assert "production" in capsys.readouterr().err


def test_it_says_that_its_port_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("APP_ENV", "test")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        assert main(["--port", str(taken.getsockname()[1])]) == 1

    assert "cannot be used" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["-1", "65536", "many", "²"])
def test_a_port_is_a_port(port: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main([f"--port={port}"])

    assert ended.value.code == 2


def test_it_listens_on_loopback_only() -> None:
    with Sandbox.start() as sandbox:
        assert sandbox.url.startswith("http://127.0.0.1:")
        assert sandbox._listener.server_address[0] == "127.0.0.1"


def test_the_environment_wins_over_env(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    text = '\ufeff# WECHAT_SECRET=no\nexport WECHAT_SECRET = "file"\nAPP_ENV=test\nnonsense\n'
    file.write_text(text, encoding="utf-8")

    assert read_settings({}, file) == {"WECHAT_SECRET": "file", "APP_ENV": "test"}
    assert read_settings({"WECHAT_SECRET": "mine"}, file)["WECHAT_SECRET"] == "mine"
    assert read_settings({"APP_ENV": "staging"}, file) == {"APP_ENV": "staging"}
    assert read_settings({}, tmp_path / "none") == {}


def test_a_body_without_a_sane_length_is_refused() -> None:
    with (
        Sandbox.start() as sandbox,
        socket.create_connection(
            ("127.0.0.1", int(sandbox.url.rpartition(":")[2])), timeout=5
        ) as connection,
    ):
        connection.sendall(b"POST /_sandbox/codes HTTP/1.1\r\nContent-Length: 999999999999\r\n\r\n")

        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")


def test_a_caller_that_goes_away_is_no_news(capfd: pytest.CaptureFixture[str]) -> None:
    with Sandbox.start() as sandbox:
        sandbox.fault("/sns/jscode2session", body="x" * 20_000_000)
        port = int(sandbox.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"GET /sns/jscode2session HTTP/1.1\r\n\r\n")
            connection.recv(10)
        sandbox.code("alice")

    assert capfd.readouterr().err == ""
