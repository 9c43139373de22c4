"""How the audit trail is set up."""

import re
from itertools import pairwise
from secrets import token_hex
from typing import Annotated, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_KEY = re.compile(r"[0-9a-f]{64}")
_FEWEST_DISTINCT_BYTES = 12


class AuditSettings(BaseSettings):
    """A new `pseudonym_key` makes old rows belong to nobody: change it only to forget."""

    model_config = SettingsConfigDict(
        env_prefix="AUDIT_",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    pseudonym_key: SecretStr
    queue_size: Annotated[int, Field(ge=1, le=1_000_000)] = 10_000
    batch_size: Annotated[int, Field(ge=1, le=1_000)] = 100
    linger_seconds: Annotated[float, Field(ge=0, le=5)] = 0.2
    """How long a note waits for company; what a killed process can lose."""
    retry_seconds: Annotated[float, Field(gt=0, le=60)] = 1.0
    drain_seconds: Annotated[float, Field(gt=0, le=60)] = 5.0
    """How long a stopping process tries to write what is queued."""

    @model_validator(mode="after")
    def _has_a_genuine_key(self) -> Self:
        text = self.pseudonym_key.get_secret_value()
        if not _KEY.fullmatch(text):
            raise ValueError("AUDIT_PSEUDONYM_KEY must be 64 hexadecimal digits, lower case")
        if _is_an_example(bytes.fromhex(text)):
            raise ValueError(
                "AUDIT_PSEUDONYM_KEY is an example key; make one with `python -m app setup`"
            )
        return self


def new_pseudonym_key() -> str:
    """For `setup`."""
    return token_hex(32)


def _is_an_example(key: bytes) -> bool:
    """Few different bytes, or each the same step above the one before."""
    steps = {(after - before) % 256 for before, after in pairwise(key)}
    return len(set(key)) < _FEWEST_DISTINCT_BYTES or len(steps) == 1
