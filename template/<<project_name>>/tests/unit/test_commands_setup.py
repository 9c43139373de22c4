"""`setup`: a development machine's settings, fresh and private."""

import os
import stat
from pathlib import Path

import pytest

from app.__main__ import main
from app.settings import read_settings

from .command_folder import stand_in


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    stand_in(tmp_path, monkeypatch)
    return tmp_path


def test_what_setup_writes_is_all_that_development_needs() -> None:
    ended_with = main(["setup"])

    settings = read_settings()
    assert ended_with == 0
    assert settings.web.env == "development"
    assert settings.wechat.appid == "wx0000000000000001"
    assert settings.wechat.base_url == "http://127.0.0.1:9900"


@pytest.mark.skipif(os.name != "posix", reason="Windows has no modes")
@pytest.mark.parametrize("mode_before", [None, 0o644])
def test_only_the_owner_can_read_it(folder: Path, mode_before: int | None) -> None:
    path = folder / ".env"
    if mode_before is not None:
        path.touch(mode_before)

    main(["setup"])

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_every_machine_has_secrets_of_its_own(folder: Path) -> None:
    main(["setup"])
    first = read_settings()
    (folder / ".env").unlink()
    main(["setup"])
    second = read_settings()

    assert first.wechat.secret != second.wechat.secret
    assert first.tokens.signing_keys != second.tokens.signing_keys
    assert first.encryption.keyring != second.encryption.keyring
    assert first.audit.pseudonym_key != second.audit.pseudonym_key


def test_no_placeholder_is_left(folder: Path) -> None:
    main(["setup"])

    assert "=change-me" not in (folder / ".env").read_text("utf-8")


def test_what_stands_there_stays(folder: Path) -> None:
    path = folder / ".env"
    path.write_text("# mine\nAPP_PORT=8123\nDATABASE_URL=sqlite:///mine.db", "utf-8")

    main(["setup"])

    assert path.read_text("utf-8").startswith(
        "# mine\nAPP_PORT=8123\nDATABASE_URL=sqlite:///mine.db\n"
    )
    assert read_settings().web.port == 8123


def test_what_is_missing_is_added_and_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["setup"])
    path = folder / ".env"
    kept = [li for li in path.read_text("utf-8").splitlines() if not li.startswith("AUDIT_PSEUDO")]
    path.write_text("\n".join(kept), "utf-8")
    capsys.readouterr()

    main(["setup"])

    assert capsys.readouterr().out == ".env: AUDIT_PSEUDONYM_KEY added.\n"
    assert read_settings().audit.pseudonym_key


def test_a_second_time_changes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["setup"])
    before = (folder / ".env").read_bytes()
    capsys.readouterr()

    main(["setup"])

    assert (folder / ".env").read_bytes() == before
    assert capsys.readouterr().out == ".env lacks nothing.\n"


def test_a_real_appid_is_not_mixed_with_the_sandbox(folder: Path) -> None:
    (folder / ".env").write_text("WECHAT_APPID=wx1234567890abcdef\n", "utf-8")

    main(["setup"])

    assert "WECHAT_BASE_URL" not in (folder / ".env").read_text("utf-8")


def test_a_keyring_file_is_not_mixed_with_a_keyring(folder: Path) -> None:
    (folder / ".env").write_text("ENCRYPTION_KEYRING_FILE=keys.txt\n", "utf-8")

    main(["setup"])

    assert "ENCRYPTION_KEYRING=" not in (folder / ".env").read_text("utf-8")


def test_a_placeholder_of_the_projects_own_is_filled(folder: Path) -> None:
    with (folder / ".env.example").open("a", encoding="utf-8") as example:
        example.write("MY_API_KEY=change-me\n")

    main(["setup"])

    [line] = [li for li in (folder / ".env").read_text().splitlines() if li.startswith("MY_API")]
    assert len(line) == len("MY_API_KEY=") + 64


def test_the_sandbox_is_where_its_port_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDBOX_PORT", "9911")

    main(["setup"])

    assert read_settings().wechat.base_url == "http://127.0.0.1:9911"


@pytest.mark.parametrize("port", ["0", "65536", "sandbox"])
def test_a_sandbox_port_that_is_none_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], port: str
) -> None:
    monkeypatch.setenv("SANDBOX_PORT", port)

    ended_with = main(["setup"])

    assert ended_with == 1
    assert "SANDBOX_PORT must be a number" in capsys.readouterr().err


def test_production_gets_no_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_ENV", "production")

    ended_with = main(["setup"])

    assert ended_with == 1
    assert not (folder / ".env").exists()


def test_a_file_that_cannot_be_read_is_said_in_one_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / ".env.example").write_bytes(b"\xff\xfe\x00")

    ended_with = main(["setup"])

    assert ended_with == 1
    assert ".env.example cannot be used" in capsys.readouterr().err
