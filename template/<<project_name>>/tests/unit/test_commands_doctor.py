"""`doctor`: what is wrong, and how to mend it."""

import os
from pathlib import Path

import pytest

from app.__main__ import main
from app.settings import read_settings
from sandbox import Sandbox

from .command_folder import set_up, stand_in

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> Path:
    stand_in(tmp_path, monkeypatch)
    set_up(tmp_path)
    capsys.readouterr()
    return tmp_path


def diagnose(capsys: Capture, *arguments: str) -> tuple[int, str]:
    exit_code = main(["doctor", *arguments])
    return exit_code, capsys.readouterr().out


def test_a_fresh_development_machine_is_well(capsys: Capture) -> None:
    exit_code, said = diagnose(capsys)

    assert exit_code == 0
    assert [line.split()[0] for line in said.splitlines()] == ["ok", "ok"]


def test_every_problem_is_listed(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_PORT", "eighty")
    monkeypatch.setenv("DATABASE_POOL_SIZE", "many")

    exit_code, said = diagnose(capsys)

    assert exit_code == 1
    assert "wrong  APP_PORT: " in said
    assert "wrong  DATABASE_POOL_SIZE: " in said


def test_a_setting_that_nobody_reads_is_noted(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APP_PROT", "8000")

    exit_code, said = diagnose(capsys)

    assert exit_code == 0
    assert "note  APP_PROT is a setting that nobody reads; did you mean APP_PORT?" in said


def test_a_setting_that_resembles_none_is_noted(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WECHAT_ZZZZZZZZZZZZZZZZZZ", "1")

    _, said = diagnose(capsys)

    assert "nobody reads.\n" in said


def test_a_database_that_is_not_migrated_is_wrong(folder: Path, capsys: Capture) -> None:
    [place] = folder.rglob("*.db")
    place.write_bytes(b"")

    exit_code, said = diagnose(capsys)

    assert exit_code == 1
    assert "run `python -m app migrate`" in said


def test_a_database_that_is_away_is_wrong(folder: Path, capsys: Capture) -> None:
    [place] = folder.rglob("*.db")
    place.unlink()

    exit_code, said = diagnose(capsys)

    assert exit_code == 1
    assert "The database cannot be reached" in said


def test_a_database_of_another_kind_is_wrong(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "oracle://u:p4ssw0rd@h/d")

    exit_code, said = diagnose(capsys)

    assert exit_code == 1
    assert "DATABASE_URL" in said
    assert "p4ssw0rd" not in said


@pytest.mark.skipif(os.name != "posix", reason="Windows has no modes")
def test_a_file_that_others_can_read_is_wrong(folder: Path, capsys: Capture) -> None:
    (folder / ".env").chmod(0o644)

    exit_code, said = diagnose(capsys)

    assert exit_code == 1
    assert "chmod 600" in said


def test_what_memory_costs_with_several_workers_is_said(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APP_WORKERS", "4")

    _, said = diagnose(capsys)

    assert "limits are counted per process" in said


def test_deploy_judges_as_production_would(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIMITS_ENABLED", "false")
    monkeypatch.setenv("APP_DOCS", "true")
    monkeypatch.setenv("TELEMETRY_LOG_LEVEL", "DEBUG")

    exit_code, said = diagnose(capsys, "--deploy")

    assert exit_code == 1
    assert [
        name
        for name in ("WECHAT_APPID", "WECHAT_BASE_URL", "LIMITS_ENABLED", "APP_ENV", "APP_DOCS")
        if name not in said
    ] == []
    assert "TELEMETRY_LOG_LEVEL" in said


def test_wechat_itself_is_asked(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = read_settings().wechat.secret.get_secret_value()
    with Sandbox.start(secret) as sandbox:
        monkeypatch.setenv("WECHAT_BASE_URL", sandbox.url)
        exit_code, said = diagnose(capsys, "--wechat")
        asked = [call["path"] for call in sandbox.calls()]

    assert exit_code == 0
    assert "ok  WeChat accepts appid, secret and this server's address." in said
    assert asked == ["/cgi-bin/stable_token"]


@pytest.mark.parametrize(
    ("errcode", "advice"),
    [
        (40013, "WECHAT_APPID is not one that WeChat knows."),
        (40125, "WECHAT_SECRET does not belong to WECHAT_APPID"),
        (40164, "add it to the IP list"),
        (41002, "WeChat refuses this server's appid, secret or address."),
        (-1, "WeChat cannot be reached."),
    ],
)
def test_a_refusal_of_wechat_is_translated_into_advice(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, errcode: int, advice: str
) -> None:
    with Sandbox.start(None) as sandbox:
        monkeypatch.setenv("WECHAT_BASE_URL", sandbox.url)
        sandbox.fault("/cgi-bin/stable_token", errcode=errcode)
        exit_code, said = diagnose(capsys, "--wechat")

    assert exit_code == 1
    assert advice in said
    assert f"errcode {errcode}" in said
