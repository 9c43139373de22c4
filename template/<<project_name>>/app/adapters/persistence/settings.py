"""How the database is reached, and how long anybody waits for it."""

from typing import Annotated, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

Seconds = Annotated[float, Field(gt=0, le=86_400)]


class DatabaseSettings(BaseSettings):
    """`url` names the kind of database and where it is, never a driver."""

    model_config = SettingsConfigDict(
        env_prefix="DATABASE_",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    url: SecretStr
    pool_size: Annotated[int, Field(ge=1, le=1_000)] = 20
    """Connections at most; the requirements ask for 20, of which 5 are kept."""
    pool_kept: Annotated[int, Field(ge=1, le=1_000)] = 5
    pool_idle_seconds: Seconds = 600
    """A connection that nobody used for so long is renewed (requirements: 10 minutes)."""
    pool_life_seconds: Seconds = 1_800
    """And so is one of this age (requirements: 30 minutes), before a server closes it."""
    acquire_timeout_seconds: Seconds = 1
    """For a connection or the right to write. The requirements allow 3 s; it is 1 s here,
    because a caller hears within 1 s that the database is busy (code 9005)."""
    statement_timeout_seconds: Seconds = 2
    slow_query_seconds: Seconds = 0.05
    """What takes longer is logged; the requirements allow 50 ms for whatever asks the database."""

    @model_validator(mode="after")
    def _is_coherent(self) -> Self:
        if self.pool_kept > self.pool_size:
            raise ValueError("DATABASE_POOL_KEPT must not be greater than DATABASE_POOL_SIZE")
        try:
            driver = make_url(self.url.get_secret_value()).drivername
        except ArgumentError:
            raise ValueError("DATABASE_URL must look like kind://place") from None
        if "+" in driver:
            raise ValueError("DATABASE_URL must not name a driver: leave out `+` and what follows")
        return self
