"""How much a process says of itself, and in which form."""

from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, StringConstraints
from pydantic_settings import BaseSettings, SettingsConfigDict

SHARED_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Where several workers add up their figures; prometheus_client looks when it is imported."""


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


Level = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(_upper)]


class TelemetrySettings(BaseSettings):
    """`version` is what this build calls itself in `app_build_info`, such as a tag or a commit."""

    model_config = SettingsConfigDict(
        env_prefix="TELEMETRY_",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    log_level: Level = "INFO"
    log_format: Literal["json", "console"] = "json"
    version: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._+-]{1,64}$")] = "unknown"
