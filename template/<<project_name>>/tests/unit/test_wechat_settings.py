"""Where a secret may be sent, and what production does not take."""

import pytest
from pydantic import ValidationError

from app.adapters.wechat import WeChatSettings

APPID = "wx4f4bc4dec97d474b"
SECRET = "5f1e0c9ab37d4826a1c05be29f7d3368"
REAL = "https://api.weixin.qq.com"


def settings(appid: str = APPID, secret: str = SECRET, base_url: str = REAL) -> WeChatSettings:
    return WeChatSettings(appid=appid, secret=secret, base_url=base_url)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "base_url",
    [
        "https://api.weixin.qq.com",
        "https://api.weixin.qq.com/",
        "http://127.0.0.1:9900",
        "http://localhost:9900/",
        "http://[::1]:9900",
    ],
)
def test_a_secret_goes_to_wechat_or_to_this_machine(base_url: str) -> None:
    assert settings(base_url=base_url).base_url == base_url.removesuffix("/")


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "api.weixin.qq.com",
        "https://api.weixin.qq.com.example.org",
        "https://example.org/https://api.weixin.qq.com",
        "https://api.weixin.qq.com@example.org",
        "https://api.weixin.qq.com:8443",
        "https://api.weixin.qq.com/path",
        "https://api.weixin.qq.com?query",
        "https://api.weixin.qq.com\n",
        "https://apiXweixin.qq.com",
        "https://api2.weixin.qq.com",
        "http://127.0.0.1.example.org",
        "http://localhost@example.org",
        "http://127.0.0.1\\@example.org",
        "http://127.0.0.2:9900",
        "http://0.0.0.0:9900",
        "http://10.0.0.1",
        "ftp://127.0.0.1",
    ],
)
def test_a_secret_goes_nowhere_else(base_url: str) -> None:
    with pytest.raises(ValidationError):
        settings(base_url=base_url)


@pytest.mark.parametrize("appid", ["", "wx1", "gh_4f4bc4dec97d474b", APPID + "\n", APPID.upper()])
def test_an_appid_has_the_form_of_one(appid: str) -> None:
    with pytest.raises(ValidationError):
        settings(appid=appid)


def test_a_secret_is_needed() -> None:
    with pytest.raises(ValidationError):
        settings(secret="")


def test_a_refusal_never_quotes_the_value() -> None:
    with pytest.raises(ValidationError) as refusal:
        WeChatSettings(appid=SECRET, secret=SECRET * 9, base_url=SECRET)  # type: ignore[arg-type]

    assert SECRET not in str(refusal.value)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WECHAT_APPID", APPID)
    monkeypatch.setenv("WECHAT_SECRET", SECRET)
    monkeypatch.delenv("WECHAT_BASE_URL", raising=False)

    read = WeChatSettings()  # type: ignore[call-arg]

    assert (read.appid, read.base_url) == (APPID, REAL)
    assert (read.connect_timeout_seconds, read.read_timeout_seconds) == (2, 3)


def test_production_takes_a_genuine_set() -> None:
    assert settings(base_url=REAL).refused_in_production() == ()


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:9900", "https://localhost"])
def test_production_refuses_this_machine(base_url: str) -> None:
    refused = settings(base_url=base_url).refused_in_production()

    assert refused == ("WECHAT_BASE_URL: is this machine",)


def test_production_refuses_the_sandbox_s_appid() -> None:
    refused = settings(appid="wx0000000000000001").refused_in_production()

    assert refused == ("WECHAT_APPID: is the sandbox's",)


@pytest.mark.parametrize(
    "secret",
    ["change-me-change-me", "your-app-secret-here", "0" * 32, "abc", "<appsecret> 1234567"],
)
def test_production_refuses_a_placeholder(secret: str) -> None:
    assert settings(secret=secret).refused_in_production() == ("WECHAT_SECRET: is a placeholder",)
