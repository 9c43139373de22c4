"""All settings of this backend: gathered from its parts, read once, wrong ones named together.

The environment wins over `.env`, and `.env` is not read where the environment names staging or
production. A problem names the setting and how to mend it, never its value.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Final, Protocol, TypeVar, runtime_checkable

from dotenv import dotenv_values
from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as UnreadableSetting

from .adapters.audit.settings import AuditSettings
from .adapters.encryption.settings import EncryptionSettings
from .adapters.persistence.settings import DatabaseSettings
from .adapters.telemetry.settings import TelemetrySettings
from .adapters.tokens import TokensSettings
from .adapters.wechat.settings import WeChatSettings
from .web.settings import LimitsSettings, WebSettings

ENV_FILE: Final = Path(".env")
"""In the folder that the process is started from, which is the project's."""

PLACEHOLDER: Final = "change-me"
"""What tracked files hold where a secret belongs."""

PartT = TypeVar("PartT", bound=BaseSettings)


class ServerSettings(BaseSettings):
    """`APP_…` of the process around the web: how it ends, and whom it does not wait for."""

    model_config = SettingsConfigDict(env_prefix="APP_", extra="ignore", frozen=True)

    drain_seconds: Annotated[float, Field(ge=0, le=300)] = 3
    """After SIGTERM `/readyz` says 503 for so long, so that callers go elsewhere."""
    stop_seconds: Annotated[int, Field(ge=1, le=300)] = 30
    """Then accepted requests and queues have so long to finish."""
    header_seconds: Annotated[int, Field(ge=1, le=60)] = 30
    """For a request's headers to arrive, and for a connection that says nothing."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One member per part; each part declares its own."""

    web: WebSettings
    server: ServerSettings
    limits: LimitsSettings
    database: DatabaseSettings
    wechat: WeChatSettings
    tokens: TokensSettings
    encryption: EncryptionSettings
    audit: AuditSettings
    telemetry: TelemetrySettings


class SettingsError(Exception):
    """`problems` are sentences that begin with a setting's name."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@runtime_checkable
class Strict(Protocol):
    """A part that knows what development may have and production may not."""

    def refused_in_production(self) -> tuple[str, ...]: ...


def read_settings(
    environ: Mapping[str, str] | None = None, env_file: Path | None = None
) -> Settings:
    """Reads the process's environment and `.env`, or exactly what is handed in.

    Raises SettingsError with every problem at once.
    """
    settings, problems = examine(written_settings(environ, env_file))
    if settings is not None and settings.web.is_production:
        problems += production_problems(settings)
    if settings is None or problems:
        raise SettingsError(*problems)
    return settings


def written_settings(
    environ: Mapping[str, str] | None = None, env_file: Path | None = None
) -> dict[str, str]:
    """What is set, by name; empty values count as not set. Raises SettingsError for a bad file."""
    if environ is None:
        environ, env_file = os.environ, env_file or ENV_FILE
    written = dict(environ)
    if env_file is not None and environ.get("APP_ENV") not in ("staging", "production"):
        written = _read_file(env_file) | written
    return {name.upper(): value for name, value in written.items() if value}


def examine(written: Mapping[str, str]) -> tuple[Settings | None, list[str]]:
    """The settings, or `None` and all that is wrong with them; knows nothing of production."""
    problems: list[str] = []
    parts: dict[str, BaseSettings] = {}
    for name, kind in parts_of_settings().items():
        try:
            parts[name] = _read(kind, written)
        except ValidationError as error:
            problems += [_sentence(kind, found, written) for found in error.errors()]
        except UnreadableSetting as error:
            problems.append(f"{_prefix(kind)}…: {_without_values(str(error), written)}")
    # Each member was made by the class that the member is annotated with.
    return (None if problems else Settings(**parts)), problems  # type: ignore[arg-type]


def production_problems(settings: Settings) -> list[str]:
    """What development may have and production may not."""
    problems = [] if settings.limits.enabled else ["LIMITS_ENABLED: must not be false"]
    if any(network.prefixlen == 0 for network in settings.web.trusted_networks):
        problems.append("APP_TRUSTED_PROXIES: trusts everybody; name your proxy's addresses")
    for part in _parts(settings):
        problems += [f"{name}: is still the placeholder" for name in _placeholders(part)]
        if isinstance(part, Strict):
            problems += part.refused_in_production()
    return problems


def parts_of_settings() -> dict[str, type[BaseSettings]]:
    return {part.name: part.type for part in fields(Settings) if isinstance(part.type, type)}


def names_of(kind: type[BaseSettings]) -> Mapping[str, str]:
    """What a part's settings are called in the environment, by field."""
    return {name: _env_name(kind, name) for name in kind.model_fields}


def known_names() -> frozenset[str]:
    return frozenset(
        name for kind in parts_of_settings().values() for name in names_of(kind).values()
    )


def prefixes() -> tuple[str, ...]:
    return tuple(sorted({_prefix(kind) for kind in parts_of_settings().values()}))


def _read(kind: type[PartT], written: Mapping[str, str]) -> PartT:
    source = EnvSettingsSource(kind)
    source.env_vars = {name.lower(): value for name, value in written.items()}
    return kind(_build_sources=((source,), {}))


def _read_file(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        # Notepad begins a file with a byte order mark, which `utf-8-sig` takes away.
        values = dotenv_values(path, interpolate=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"{path.name}: cannot be read as UTF-8") from None
    return {name: value for name, value in values.items() if value is not None}


def _sentence(kind: type[BaseSettings], found: ErrorDetails, written: Mapping[str, str]) -> str:
    said = found["msg"].removeprefix("Value error, ")
    if not found["loc"]:
        # Rules over several fields name the setting themselves.
        return _without_values(said, written)
    name = names_of(kind).get(str(found["loc"][0]), str(found["loc"][0]).upper())
    if found["type"] == "missing":
        return f"{name}: missing; set it, or run `python -m app setup` for a development machine"
    if found["type"] == "value_error":
        said = _without_values(said, {name: written.get(name, "")})
    return f"{name}: {said}"


def _without_values(sentence: str, written: Mapping[str, str]) -> str:
    """Should a rule quote what it was given, nobody reads it."""
    quoted = any(len(value) > 3 and value in sentence for value in written.values())
    return "is not acceptable" if quoted else sentence


def _parts(settings: Settings) -> Iterator[BaseSettings]:
    for part in fields(settings):
        yield getattr(settings, part.name)


def _placeholders(part: BaseSettings) -> Iterator[str]:
    for field, name in names_of(type(part)).items():
        value = getattr(part, field)
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if isinstance(text, str) and PLACEHOLDER in text.lower():
            yield name


def _prefix(kind: type[BaseSettings]) -> str:
    return kind.model_config["env_prefix"].upper()


def _env_name(kind: type[BaseSettings], field: str) -> str:
    alias = kind.model_fields[field].validation_alias
    first = alias.choices[0] if isinstance(alias, AliasChoices) else alias
    return first.upper() if isinstance(first, str) else f"{_prefix(kind)}{field.upper()}"
