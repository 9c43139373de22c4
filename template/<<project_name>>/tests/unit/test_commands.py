"""The command line: what it is called with, and how it says no."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from app import __main__ as entry
from app.commands.console.development import is_ready
from app.commands.console.refusals import CalledWrongly, CannotDo, explain
from app.commands.console.text import table
from app.identity.errors import UserNotFound
from app.kernel.errors import Conflict, DatabaseUnavailable, Failure

from .command_folder import stand_in

Fail = Callable[[Exception], None]


@pytest.fixture
def fail(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Fail:
    """Makes the command `setup` fail in a given way."""
    stand_in(tmp_path, monkeypatch)

    def make_it(failure: BaseException) -> None:
        command = ModuleType("setup", "Fails.")

        def run(_asked: Namespace) -> int:
            raise failure

        def configure(_parser: ArgumentParser) -> None:
            """Takes nothing."""

        command.__dict__.update(run=run, configure=configure)
        monkeypatch.setattr(entry, "import_module", lambda _name: command)

    return make_it


def test_every_file_of_commands_is_a_command() -> None:
    names = {"dev", "doctor", "keys", "migrate", "seed", "serve", "setup", "users"}

    assert names <= set(entry.command_names())


@pytest.mark.parametrize("arguments", [[], ["fly"], ["serve", "--fast"], ["users"], ["users", "x"]])
def test_being_called_wrongly_ends_with_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        entry.main(arguments)

    assert ended.value.code == 2
    assert "usage: python -m app" in capsys.readouterr().err


def test_help_says_what_each_command_does(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        entry.main(["--help"])

    assert ended.value.code == 0
    out = capsys.readouterr().out
    assert [name for name in entry.command_names() if f"    {name} " not in out] == []


@pytest.mark.parametrize(
    ("failure", "exit_code", "sentence"),
    [
        (CannotDo("The kettle is cold."), 1, "The kettle is cold."),
        (CalledWrongly("Say which kettle."), 2, "Say which kettle."),
        (DatabaseUnavailable("10.0.0.1"), 1, "The database cannot be reached"),
        (KeyboardInterrupt(), 1, "Interrupted."),
        (RuntimeError("a secret"), 1, "in a way nobody foresaw (RuntimeError)"),
    ],
)
def test_a_failure_is_one_sentence_and_an_exit_code(
    fail: Callable[[BaseException], None],
    capsys: pytest.CaptureFixture[str],
    failure: BaseException,
    exit_code: int,
    sentence: str,
) -> None:
    fail(failure)

    ended_with = entry.main(["setup"])

    err = capsys.readouterr().err
    assert ended_with == exit_code
    assert sentence in err
    assert err.count("\n") == 1
    assert "a secret" not in err


def test_a_developer_can_ask_for_the_traceback(fail: Fail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEMETRY_LOG_LEVEL", "debug")
    fail(RuntimeError("see me"))

    with pytest.raises(RuntimeError, match="see me"):
        entry.main(["setup"])


def test_wrong_settings_are_listed_with_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stand_in(tmp_path, monkeypatch)

    ended_with = entry.main(["serve"])

    err = capsys.readouterr().err
    assert ended_with == 1
    assert "\n  DATABASE_URL: missing" in err
    assert "\n  WECHAT_SECRET: missing" in err


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (UserNotFound(), "There is no such user, or not any more."),
        (Conflict(), "It was refused with code 409 (Conflict)."),
    ],
)
def test_a_refusal_of_the_modules_is_a_sentence(failure: Failure, sentence: str) -> None:
    assert explain(failure) == sentence


def test_columns_are_as_wide_as_they_need_to_be() -> None:
    shown = table(("id", "state"), [("1", "active"), ("100", "-")])

    assert shown == "id   state\n1    active\n100  -"


def test_nobody_listening_is_not_ready() -> None:
    assert not is_ready("http://127.0.0.1:9")
