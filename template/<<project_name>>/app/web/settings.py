"""How the web edge is set up, and how often a caller may come."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Literal

from pydantic import AliasChoices, Field, PositiveFloat, PositiveInt, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Environment = Literal["development", "test", "staging", "production"]
Network = IPv4Network | IPv6Network
List = Annotated[tuple[str, ...], NoDecode]
"""Separated by commas in the environment."""


class WebSettings(BaseSettings):
    """`APP_…`; with no environment named it is production, so that forgetting is safe."""

    model_config = SettingsConfigDict(
        env_prefix="APP_",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
    )

    env: Environment = "production"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    workers: PositiveInt = 1
    docs: bool | None = None
    """`/docs` and `/openapi.json`; unless said, everywhere but in production."""
    cors_origins: List = ()
    """Such as `https://admin.example.com`; empty switches CORS off."""
    trusted_proxies: List = ()
    """Addresses or networks whose `X-Forwarded-For` is believed."""
    strict_input: bool | None = Field(
        default=None, validation_alias=AliasChoices("STRICT_INPUT", "strict_input")
    )
    """Whether unknown body fields are refused; unless said, in development and test."""
    body_limit_bytes: PositiveInt = 1024 * 1024
    body_deadline_seconds: PositiveFloat = 10
    request_deadline_seconds: PositiveFloat = 20

    @field_validator("cors_origins", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(part.strip() for part in value.split(",") if part.strip())

    @field_validator("cors_origins")
    @classmethod
    def _are_origins(cls, origins: Sequence[str]) -> Sequence[str]:
        for origin in origins:
            scheme, _, rest = origin.partition("://")
            if scheme not in ("http", "https") or not rest or set(rest) & set("/*?# "):
                raise ValueError("an origin is scheme://host, without a path, and never *")
        return origins

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, networks: Sequence[str]) -> Sequence[str]:
        for network in networks:
            try:
                ip_network(network)
            except ValueError:
                raise ValueError("a trusted proxy is an address or a network") from None
        return networks

    @property
    def is_production(self) -> bool:
        return self.env == "production"

    @property
    def serves_docs(self) -> bool:
        return not self.is_production if self.docs is None else self.docs

    @property
    def refuses_unknown_fields(self) -> bool:
        if self.strict_input is not None:
            return self.strict_input
        return self.env in ("development", "test")

    @property
    def trusted_networks(self) -> tuple[Network, ...]:
        return tuple(ip_network(network) for network in self.trusted_proxies)


class LimitsSettings(BaseSettings):
    """`LIMITS_…`: requests a minute; `enabled` must be true in production."""

    model_config = SettingsConfigDict(
        env_prefix="LIMITS_",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    enabled: bool = True
    sign_in_per_minute: PositiveInt = 120
    refresh_per_minute: PositiveInt = 60
    phone_per_minute: PositiveInt = 10
    others_per_minute: PositiveInt = 600
