"""`.env.example` and the documents name the settings that the app reads: all of them, no others."""

import re
from pathlib import Path

import pytest

from app.commands.setup import write_env_file
from app.settings import SettingsError, names_of, parts_of_settings, read_settings

PROJECT = Path(__file__).parents[2]
EXAMPLE = PROJECT / ".env.example"
LINE = re.compile(r"^(?P<off># )?(?P<name>[A-Z][A-Z0-9_]*)=(?P<value>.*)$", re.MULTILINE)
OF_THE_SANDBOX = {"SANDBOX_PORT"}


def lines() -> list[re.Match[str]]:
    return list(LINE.finditer(EXAMPLE.read_text(encoding="utf-8")))


def switched_on(text: str) -> dict[str, str]:
    return {line["name"]: line["value"] for line in LINE.finditer(text) if not line["off"]}


def shown_defaults() -> list[tuple[str, str]]:
    shown = [(line["name"], line["value"]) for line in lines() if line["off"] and line["value"]]
    return [(name, value) for name, value in shown if name not in OF_THE_SANDBOX]


def placeholders() -> list[str]:
    example = switched_on(EXAMPLE.read_text(encoding="utf-8"))
    return [name for name, value in example.items() if "change-me" in value]


def settings_read() -> set[str]:
    return {name for kind in parts_of_settings().values() for name in names_of(kind).values()}


@pytest.fixture
def genuine(tmp_path: Path) -> dict[str, str]:
    """What a production machine would hold."""
    write_env_file(tmp_path / ".env", EXAMPLE, 9900)
    written = switched_on((tmp_path / ".env").read_text(encoding="utf-8"))
    del written["WECHAT_BASE_URL"], written["TELEMETRY_LOG_FORMAT"]
    return {**written, "APP_ENV": "production", "WECHAT_APPID": "wx8d1c0a4f7be23956"}


def test_the_example_names_every_setting_and_no_other() -> None:
    named = [line["name"] for line in lines()]

    assert len(named) == len({*named})
    assert {*named} - OF_THE_SANDBOX == settings_read()


@pytest.mark.parametrize(("name", "value"), shown_defaults())
def test_the_example_shows_the_true_default_of(
    name: str, value: str, genuine: dict[str, str]
) -> None:
    assert read_settings({**genuine, name: value}) == read_settings(genuine)


def test_a_production_machine_starts_on_genuine_settings(genuine: dict[str, str]) -> None:
    assert read_settings(genuine).web.is_production


@pytest.mark.parametrize("name", placeholders())
def test_the_app_refuses_the_placeholder_of(name: str, genuine: dict[str, str]) -> None:
    example = switched_on(EXAMPLE.read_text(encoding="utf-8"))

    with pytest.raises(SettingsError, match=name):
        read_settings({**genuine, name: example[name]})


def test_every_secret_of_the_example_is_a_placeholder() -> None:
    example = switched_on(EXAMPLE.read_text(encoding="utf-8"))

    assert {name for name in example if re.search("SECRET|KEY", name)} == {*placeholders()}


def test_the_table_of_settings_names_every_setting_and_no_other() -> None:
    (document,) = (PROJECT / "docs").glob("*/operations.md")
    chapter = document.read_text(encoding="utf-8").split("\n## ")[1]
    rows = re.findall(r"^\| `([A-Z][A-Z0-9_]+)` \|", chapter, re.MULTILINE)

    assert len(rows) == len({*rows})
    assert {*rows} - OF_THE_SANDBOX == settings_read()
