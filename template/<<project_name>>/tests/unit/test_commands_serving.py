"""`serve` and `dev`, as far as they go without starting a server."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing import Pipe
from pathlib import Path
from threading import Event, Thread

import httpx
import pytest
from granian.http import HTTP1Settings

from app.__main__ import main
from app.adapters.telemetry.settings import SHARED_FOLDER
from app.commands import dev, serve
from app.commands.console.development import Announcer, welcome
from app.commands.console.refusals import CannotDo
from app.commands.serving import require_free
from app.commands.serving import server as serving
from app.commands.serving.server import Server, start_method
from app.commands.serving.worker import load
from app.settings import Settings, read_settings

from .command_folder import free_port, set_up, stand_in

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    stand_in(tmp_path, monkeypatch)
    monkeypatch.setenv("WECHAT_BASE_URL", "http://127.0.0.1:9900")
    return tmp_path


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture
def settings(folder: Path) -> Settings:
    set_up(folder)
    return read_settings()


class SpokenServer:
    """Stands for Granian: it ends as soon as it is told to."""

    def __init__(self, _target: str, **options: object) -> None:
        self.options = options
        self.interrupted = Event()

    def signal_handler_interrupt(self) -> None:
        self.interrupted.set()

    def serve(self, **_: object) -> None:
        self.interrupted.wait(10)


@pytest.fixture
def granian(monkeypatch: pytest.MonkeyPatch) -> list[SpokenServer]:
    """The servers that were made, in their order."""
    made: list[SpokenServer] = []

    def make(target: str, **options: object) -> SpokenServer:
        made.append(SpokenServer(target, **options))
        return made[-1]

    monkeypatch.setattr(serving, "Granian", make)
    monkeypatch.setattr(serving.multiprocessing, "set_start_method", lambda *_, **__: None)
    return made


def test_sigterm_drains_first_and_ends_then(
    settings: Settings, granian: list[SpokenServer]
) -> None:
    server = Server(settings, drain_seconds=0.3)
    running = Thread(target=server.run)
    running.start()

    server.end(signal.SIGTERM)

    assert not granian[0].interrupted.wait(0.1)
    assert granian[0].interrupted.wait(5)
    running.join()


@pytest.mark.parametrize("numbers", [[signal.SIGINT], [signal.SIGTERM, signal.SIGTERM]])
def test_ctrl_c_or_a_second_sigterm_does_not_wait(
    settings: Settings, granian: list[SpokenServer], numbers: list[int]
) -> None:
    server = Server(settings, drain_seconds=60)

    for number in numbers:
        server.end(number)

    assert granian[0].interrupted.is_set()


def test_without_a_drain_sigterm_ends_at_once(
    settings: Settings, granian: list[SpokenServer]
) -> None:
    Server(settings, drain_seconds=0).end(signal.SIGTERM)

    assert granian[0].interrupted.is_set()


def test_a_worker_that_dies_by_itself_is_said(
    settings: Settings, granian: list[SpokenServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(**_: object) -> None:
        raise SystemExit(1)

    server = Server(settings, drain_seconds=0)
    monkeypatch.setattr(granian[0], "serve", die)

    with pytest.raises(CannotDo, match="ended by itself"):
        server.run()


def test_a_worker_that_got_the_same_signal_ended_as_it_should(
    settings: Settings, granian: list[SpokenServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(**_: object) -> None:
        raise SystemExit(1)

    server = Server(settings, drain_seconds=0)
    monkeypatch.setattr(granian[0], "serve", die)
    server.end(signal.SIGINT)

    server.run()


def test_heads_are_limited_in_time_and_size(
    settings: Settings, granian: list[SpokenServer]
) -> None:
    Server(settings, drain_seconds=0)

    http1 = granian[0].options["http1_settings"]
    assert http1 == HTTP1Settings(header_read_timeout=30_000, max_buffer_size=64 * 1024)


@pytest.mark.parametrize(
    ("platform", "workers", "is_reloading", "method"),
    [
        ("linux", 1, False, "fork"),
        ("linux", 2, False, "spawn"),
        ("linux", 1, True, "spawn"),
        ("darwin", 1, False, "spawn"),
        ("win32", 1, False, "spawn"),
    ],
)
def test_only_a_single_lasting_worker_on_linux_is_forked(
    monkeypatch: pytest.MonkeyPatch, platform: str, workers: int, is_reloading: bool, method: str
) -> None:
    monkeypatch.setattr(serving.sys, "platform", platform)

    assert start_method(workers, is_reloading=is_reloading) == method


def test_a_worker_drains_when_its_parent_says_so(settings: Settings) -> None:
    receiver, sender = Pipe(duplex=False)
    app = load(receiver, Pipe()[0], settings.telemetry)
    before = app.lifecycle.is_draining

    sender.close()

    deadline = time.monotonic() + 10
    while not app.lifecycle.is_draining:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert not before


def test_a_taken_port_is_refused_by_its_settings_names(
    taken_port: int, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    set_up(folder)
    monkeypatch.setenv("APP_PORT", str(taken_port))

    ended_with = main(["serve"])

    assert ended_with == 1
    assert capsys.readouterr().err.startswith(f"APP_HOST and APP_PORT: 127.0.0.1:{taken_port} ")


def _has_ipv6() -> bool:
    with suppress(OSError), socket.socket(socket.AF_INET6) as probe:
        probe.bind(("::1", 0))
        return True
    return False


LOOPBACKS = ["127.0.0.1", *(["::1"] if _has_ipv6() else [])]


@pytest.mark.parametrize("host", LOOPBACKS)
def test_a_free_port_is_free(host: str) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    require_free(host, port)


def test_serve_serves_where_the_settings_say(
    settings: Settings, granian: list[SpokenServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SpokenServer, "serve", lambda *_, **__: None)

    ended_with = main(["serve"])

    options = granian[0].options
    assert ended_with == 0
    assert (options["address"], options["port"], options["workers"]) == ("127.0.0.1", 8000, 1)
    assert options["reload"] is False


def test_several_workers_share_a_folder_for_their_figures(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APP_WORKERS", "2")

    with serve.shared_figures(read_settings()):
        folder = Path(os.environ[SHARED_FOLDER])
        was_there = folder.is_dir()

    assert was_there
    assert not folder.exists()
    assert SHARED_FOLDER not in os.environ


def test_dev_prepares_runs_and_ends_everything(
    folder: Path, granian: list[SpokenServer], monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    asked: list[str] = []

    def look_at_the_sandbox(_server: SpokenServer, **_: object) -> None:
        asked.append(httpx.get(os.environ["WECHAT_BASE_URL"] + "/_sandbox/calls").text)

    monkeypatch.delenv("WECHAT_BASE_URL")
    monkeypatch.setenv("SANDBOX_PORT", str(free_port()))
    monkeypatch.setattr(SpokenServer, "serve", look_at_the_sandbox)

    ended_with = main(["dev"])

    assert ended_with == 0
    assert (folder / ".env").is_file()
    assert len(asked) == 1
    assert granian[0].options["reload"] is True
    assert main(["seed"]) == 0
    assert "0 products added" in capsys.readouterr().out


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_dev_is_not_for_production(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture, environment: str
) -> None:
    monkeypatch.setenv("APP_ENV", environment)

    ended_with = main(["dev"])

    assert ended_with == 1
    assert f"APP_ENV says {environment}" in capsys.readouterr().err


def test_a_taken_sandbox_port_is_refused_by_its_name(
    settings: Settings, taken_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANDBOX_PORT", str(taken_port))

    with (
        pytest.raises(CannotDo, match=f"SANDBOX_PORT: port {taken_port}"),
        dev.sandbox_for(settings),
    ):
        pass


def test_the_real_wechat_needs_no_sandbox(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WECHAT_BASE_URL", "https://api.weixin.qq.com")

    with dev.sandbox_for(read_settings()) as (wechat, new_code):
        pass

    assert (wechat, new_code) == ("https://api.weixin.qq.com", None)


def test_a_developer_gets_lines_to_paste() -> None:
    text = welcome("http://127.0.0.1:8000", "http://127.0.0.1:9900", "c0de")

    assert """-d '{"code": "c0de"}'""" in text
    assert "Invoke-RestMethod http://127.0.0.1:8000/api/v1/auth/wechat/login" in text
    assert "$($grant.access_token)" in text
    assert "http://127.0.0.1:9900/_sandbox/codes" in text


def test_without_a_sandbox_there_is_nothing_to_paste() -> None:
    text = welcome("http://127.0.0.1:8000", "https://api.weixin.qq.com", None)

    assert "curl" not in text


def test_it_is_announced_as_soon_as_the_app_is_ready(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    answers = iter([False, True])
    said = Event()
    monkeypatch.setattr("app.commands.console.development.EVERY_SECONDS", 0.001)
    monkeypatch.setattr("app.commands.console.development.is_ready", lambda _app: next(answers))

    def message() -> str:
        said.set()
        return "Running."

    with Announcer("http://127.0.0.1:8000", message):
        assert said.wait(5)

    assert capsys.readouterr().out == "Running.\n"
