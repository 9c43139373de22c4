"""How the web edge is set up."""

import pytest
from pydantic import ValidationError

from app.web.settings import LimitsSettings, WebSettings


def test_forgetting_the_environment_means_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("APP_ENV", raising=False)

    assert WebSettings().is_production


def test_the_environment_says_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "APP_ENV": "staging", "APP_PORT": "80", "APP_WORKERS": "3", "STRICT_INPUT": "true",
        "APP_CORS_ORIGINS": "https://a.test, http://localhost:5173", "APP_DOCS": "false",
        "APP_TRUSTED_PROXIES": "10.0.0.0/8,::1", "LIMITS_PHONE_PER_MINUTE": "3",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)

    settings = WebSettings()

    assert (settings.env, settings.port, settings.workers) == ("staging", 80, 3)
    assert settings.cors_origins == ("https://a.test", "http://localhost:5173")
    assert [str(n) for n in settings.trusted_networks] == ["10.0.0.0/8", "::1/128"]
    assert settings.refuses_unknown_fields
    assert not settings.serves_docs
    assert LimitsSettings().phone_per_minute == 3


@pytest.mark.parametrize(
    ("env", "strict", "docs"),
    [("development", True, True), ("test", True, True), ("staging", False, True),
     ("production", False, False)],
)  # fmt: skip
def test_each_environment_has_its_defaults(env: str, strict: bool, docs: bool) -> None:
    settings = WebSettings(env=env)

    assert (settings.refuses_unknown_fields, settings.serves_docs) == (strict, docs)


@pytest.mark.parametrize(
    "wrong",
    [{"cors_origins": "*"}, {"cors_origins": "https://a.test/"}, {"cors_origins": "a.test"},
     {"cors_origins": "https://*.a.test"}, {"trusted_proxies": "everybody-canary"},
     {"trusted_proxies": "10.0.0.1/8"}, {"env": "prod"}, {"port": 70000}, {"workers": 0}],
)  # fmt: skip
def test_what_is_wrong_is_refused_without_its_value(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as refused:
        WebSettings(**wrong)

    assert next(iter(wrong)) in str(refused.value)
    assert "canary" not in str(refused.value)
