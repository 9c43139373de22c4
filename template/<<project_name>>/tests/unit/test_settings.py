"""Settings: where they come from, and what is said of wrong ones."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from app.settings import (
    Settings,
    SettingsError,
    examine,
    known_names,
    production_problems,
    read_settings,
    written_settings,
)

from ..conftest import SECRETS

DEVELOPMENT = {
    **SECRETS,
    "APP_ENV": "development",
    "DATABASE_URL": "sqlite:///shop.db",
    "WECHAT_APPID": "wx0000000000000001",
    "WECHAT_BASE_URL": "http://127.0.0.1:9900",
}
PRODUCTION = {
    **SECRETS,
    "DATABASE_URL": "sqlite:////data/shop.db",
    "WECHAT_APPID": "wx1234567890abcdef",
    "WECHAT_SECRET": "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
}


def problems_of(environ: Mapping[str, str]) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        read_settings(environ)
    return caught.value.problems


def in_folder(folder: Path, monkeypatch: pytest.MonkeyPatch, environ: Mapping[str, str]) -> None:
    """As if the process stood in `folder` and had nothing but `environ`."""
    monkeypatch.chdir(folder)
    for name in known_names():
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)


def write_env(folder: Path, environ: Mapping[str, str]) -> Path:
    lines = [f"{name}={value}" for name, value in environ.items()]
    path = folder / ".env"
    path.write_text("\n".join(lines), "utf-8")
    return path


def test_every_part_has_its_settings() -> None:
    settings = read_settings(DEVELOPMENT)

    assert isinstance(settings, Settings)
    assert settings.wechat.base_url == "http://127.0.0.1:9900"
    assert settings.limits.sign_in_per_minute == 120
    assert settings.server.drain_seconds == 3


def test_without_an_environment_it_is_production() -> None:
    settings = read_settings(PRODUCTION)

    assert settings.web.env == "production"


def test_all_that_is_missing_is_named_at_once() -> None:
    named = {problem.partition(":")[0].partition(" ")[0] for problem in problems_of({})}

    assert named == {
        "AUDIT_PSEUDONYM_KEY",
        "DATABASE_URL",
        "ENCRYPTION_KEYRING",
        "TOKENS_SIGNING_KEYS",
        "WECHAT_APPID",
        "WECHAT_SECRET",
    }


def test_a_missing_setting_is_said_to_be_missing_and_how_to_get_it() -> None:
    [problem] = problems_of({k: v for k, v in DEVELOPMENT.items() if k != "DATABASE_URL"})

    assert problem.startswith("DATABASE_URL: missing; ")
    assert "python -m app setup" in problem


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("APP_PORT", "port-eighty-eighty"),
        ("APP_ENV", "prodution"),
        ("APP_WORKERS", "-3"),
        ("APP_DRAIN_SECONDS", "soonish"),
        ("APP_CORS_ORIGINS", "https://a.example/path-of-mine"),
        ("APP_TRUSTED_PROXIES", "10.0.0.777"),
        ("AUDIT_PSEUDONYM_KEY", "00ff00ff"),
        ("DATABASE_POOL_SIZE", "as-many-as-possible"),
        ("DATABASE_URL", "sqlite+aiosqlite:///my-secret-place"),
        ("ENCRYPTION_KEYRING", "k1:bXktc2VjcmV0"),
        ("LIMITS_ENABLED", "perhaps"),
        ("TELEMETRY_LOG_LEVEL", "LOUDER"),
        ("TOKENS_SIGNING_KEYS", "k1:HS256:active:bXktc2VjcmV0"),
        ("WECHAT_APPID", "wx-my-app"),
        ("WECHAT_BASE_URL", "https://evil.example"),
        ("STRICT_INPUT", "maybe"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_is_not(name: str, value: str) -> None:
    [problem] = problems_of({**DEVELOPMENT, name: value})

    assert problem.startswith(name)
    assert value not in problem


def test_a_value_that_a_rule_quotes_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    def quote(text: str) -> None:
        raise ValueError(f"{text} is no key")

    monkeypatch.setattr("app.adapters.tokens.jwt.settings.read_signing_keys", quote)

    [problem] = problems_of({**DEVELOPMENT, "TOKENS_SIGNING_KEYS": "k1:quoted"})

    assert problem == "TOKENS_SIGNING_KEYS: is not acceptable"


def test_an_empty_setting_counts_as_missing() -> None:
    [problem] = problems_of({**DEVELOPMENT, "TOKENS_SIGNING_KEYS": ""})

    assert problem.startswith("TOKENS_SIGNING_KEYS: missing")


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    path = write_env(tmp_path, {**DEVELOPMENT, "APP_PORT": "8001", "APP_WORKERS": "2"})

    settings = read_settings({"APP_PORT": "8002"}, path)

    assert (settings.web.port, settings.web.workers) == (8002, 2)


def test_the_file_of_the_folder_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_folder(tmp_path, monkeypatch, {})
    write_env(tmp_path, {**DEVELOPMENT, "APP_PORT": "8003"})

    assert read_settings().web.port == 8003


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_the_file_is_not_read_where_the_environment_says_staging_or_production(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: str
) -> None:
    in_folder(tmp_path, monkeypatch, {"APP_ENV": environment})
    write_env(tmp_path, PRODUCTION)

    with pytest.raises(SettingsError) as caught:
        read_settings()

    assert "DATABASE_URL: missing" in str(caught.value)


def test_what_is_handed_in_is_all_that_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_folder(tmp_path, monkeypatch, {"APP_PORT": "8004"})
    write_env(tmp_path, {"APP_WORKERS": "4"})

    settings = read_settings(DEVELOPMENT)

    assert (settings.web.port, settings.web.workers) == (8000, 1)


def test_a_file_that_notepad_wrote_is_read(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes(b"\xef\xbb\xbfAPP_PORT=8005\r\nAPP_WORKERS=2\r\n")

    written = written_settings({}, path)

    assert written == {"APP_PORT": "8005", "APP_WORKERS": "2"}


def test_a_file_that_is_no_text_is_refused_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes(b"APP_PORT=\xff\xfe")

    with pytest.raises(SettingsError, match=r"^\.env: cannot be read as UTF-8$"):
        written_settings({}, path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WECHAT_APPID", "wx0000000000000001"),
        ("WECHAT_BASE_URL", "http://127.0.0.1:9900"),
        ("WECHAT_SECRET", "change-me"),
        ("TOKENS_ISSUER", "change-me"),
        ("LIMITS_ENABLED", "false"),
        ("APP_TRUSTED_PROXIES", "10.0.0.1,0.0.0.0/0"),
    ],
)
def test_production_refuses_what_development_may_have(name: str, value: str) -> None:
    read_settings({**DEVELOPMENT, name: value})

    [*problems] = problems_of({**PRODUCTION, name: value})

    assert [problem for problem in problems if not problem.startswith(name)] == []


def test_settings_fit_for_production_are_found_fit() -> None:
    settings, problems = examine(PRODUCTION)

    assert settings is not None
    assert problems == []
    assert production_problems(settings) == []


def test_a_secret_is_not_shown_with_the_settings() -> None:
    shown = repr(read_settings(DEVELOPMENT))

    assert [name for name, secret in SECRETS.items() if secret in shown] == []
