"""Which mini-program this backend serves, and where WeChat is."""

import re
from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SANDBOX_APPID = "wx0000000000000001"
REAL = re.compile(r"https://api\.weixin\.qq\.com")
LOOPBACK = re.compile(r"https?://(?:127\.0\.0\.1|localhost|\[::1\])(?::[1-9]\d{0,4})?")
PLACEHOLDER = re.compile(r"change|example|placeholder|sandbox|secret|your|todo|xxx|[<>\s]", re.I)

Appid = Annotated[str, StringConstraints(pattern=r"\Awx[0-9a-f]{16}\z")]
Secret = Annotated[SecretStr, Field(min_length=1, max_length=128)]
Seconds = Annotated[float, Field(gt=0, le=60)]


class WeChatSettings(BaseSettings):
    """`base_url` takes only the real host, or loopback for the sandbox: a secret goes there."""

    model_config = SettingsConfigDict(
        env_prefix="WECHAT_",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    appid: Appid
    secret: Secret
    base_url: str = "https://api.weixin.qq.com"
    connect_timeout_seconds: Seconds = 2
    read_timeout_seconds: Seconds = 3
    total_timeout_seconds: Seconds = 5

    def refused_in_production(self) -> tuple[str, ...]:
        """What development may have and production may not; names settings, never values."""
        rules = {
            "WECHAT_APPID: is the sandbox's": self.appid == SANDBOX_APPID,
            "WECHAT_SECRET: is a placeholder": _is_placeholder(self.secret.get_secret_value()),
            "WECHAT_BASE_URL: is this machine": REAL.fullmatch(self.base_url) is None,
        }
        return tuple(sentence for sentence, is_broken in rules.items() if is_broken)

    @field_validator("base_url")
    @classmethod
    def _is_wechat_or_loopback(cls, base_url: str) -> str:
        trimmed = base_url.removesuffix("/")
        if not REAL.fullmatch(trimmed) and not LOOPBACK.fullmatch(trimmed):
            raise ValueError("must be https://api.weixin.qq.com, or the sandbox on loopback")
        return trimmed


def _is_placeholder(secret: str) -> bool:
    """A genuine AppSecret is 32 hexadecimal digits, drawn at random."""
    return len(secret) < 16 or len(set(secret)) < 6 or PLACEHOLDER.search(secret) is not None
