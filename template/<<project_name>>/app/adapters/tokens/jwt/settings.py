"""What an operator decides about tokens."""

from typing import Annotated, Final, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from .signing_keys import read_signing_keys

DAY: Final = 86_400

Name = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,200}$")]


class TokensSettings(BaseSettings):
    """`signing_keys` is what `read_signing_keys` reads; the rest has defaults that need no change.

    Ten minutes is how long a copy of an access token could outlive everything but revocation.
    A refresh token that nobody used for 30 days is dead, and so is a family after 90:
    OWASP ASVS 5.0 (7.3.1, 7.3.2, 10.4.8) asks for both ends and leaves the figures to us;
    NIST SP 800-63B's 30 days without a sign-in is the first, and since `wx.login` asks the
    user nothing, the second costs nobody anything.
    30 s of grace is what SuperTokens allows by default, 300 s its highest.
    """

    model_config = SettingsConfigDict(
        env_prefix="TOKENS_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    signing_keys: SecretStr
    issuer: Name = "app"
    audience: Name = "app"
    access_seconds: Annotated[int, Field(ge=60, le=3_600)] = 600
    refresh_idle_seconds: Annotated[int, Field(ge=3_600, le=365 * DAY)] = 30 * DAY
    refresh_absolute_seconds: Annotated[int, Field(ge=3_600, le=730 * DAY)] = 90 * DAY
    refresh_grace_seconds: Annotated[int, Field(ge=0, le=300)] = 30

    @field_validator("signing_keys")
    @classmethod
    def _are_strong(cls, value: SecretStr) -> SecretStr:
        read_signing_keys(value.get_secret_value())
        return value

    @model_validator(mode="after")
    def _ends_are_in_order(self) -> Self:
        if self.refresh_absolute_seconds < self.refresh_idle_seconds:
            raise ValueError(
                "TOKENS_REFRESH_ABSOLUTE_SECONDS must not be less than TOKENS_REFRESH_IDLE_SECONDS"
            )
        return self
