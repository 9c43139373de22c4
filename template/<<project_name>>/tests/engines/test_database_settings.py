"""How the database is reached, as the environment says it."""

import pytest
from pydantic import SecretStr, ValidationError

from app.adapters.persistence.settings import DatabaseSettings

ADDRESS = SecretStr("sqlite:///app.db")


def test_the_requirements_are_the_defaults() -> None:
    settings = DatabaseSettings(url=ADDRESS)

    assert (settings.pool_size, settings.pool_kept) == (20, 5)
    assert (settings.pool_idle_seconds, settings.pool_life_seconds) == (600, 1800)
    assert settings.acquire_timeout_seconds == 1


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:///other.db")
    monkeypatch.setenv("DATABASE_POOL_SIZE", "7")

    settings = DatabaseSettings()  # type: ignore[call-arg]

    assert settings.url.get_secret_value() == "sqlite:///other.db"
    assert settings.pool_size == 7


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"url": "sqlite+aiosqlite:///hidden.db"}, "must not name a driver"),
        ({"url": "hidden"}, "must look like kind://place"),
        ({"url": ADDRESS, "pool_size": 4}, "DATABASE_POOL_KEPT must not be greater"),
    ],
)
def test_a_wrong_setting_is_named_without_its_value(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says) as refused:
        DatabaseSettings(**wrong)  # type: ignore[arg-type]

    assert "hidden" not in str(refused.value)


def test_the_address_is_kept_secret() -> None:
    settings = DatabaseSettings(url=SecretStr("kind://user:password@host/db"))

    assert "password" not in repr(settings)
