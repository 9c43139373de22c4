"""How personal data at rest is set up."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import SecretStr, StringConstraints, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from .keyring_text import parse_keyring, read_keyring_file


class EncryptionSettings(BaseSettings):
    """`context` is bound into every sealed value: once something is sealed it never changes.

    Give each environment a keyring and a context of its own.
    """

    model_config = SettingsConfigDict(
        env_prefix="ENCRYPTION_",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    context: Annotated[str, StringConstraints(pattern=r"\A[a-z0-9][a-z0-9._-]{0,63}\z")] = "app"
    keyring: SecretStr | None = None
    keyring_file: Path | None = None

    def keys(self) -> Mapping[str, bytes]:
        """Key-encryption keys by name, the one that wraps first; raises ValueError."""
        if self.keyring_file is not None:
            text = read_keyring_file(self.keyring_file, "ENCRYPTION_KEYRING_FILE")
            return parse_keyring(text, "ENCRYPTION_KEYRING_FILE")
        text = self.keyring.get_secret_value() if self.keyring else ""
        return parse_keyring(text, "ENCRYPTION_KEYRING")

    @model_validator(mode="after")
    def _holds_one_genuine_keyring(self) -> Self:
        if self.keyring is None and self.keyring_file is None:
            raise ValueError("ENCRYPTION_KEYRING or ENCRYPTION_KEYRING_FILE must be set")
        if self.keyring is not None and self.keyring_file is not None:
            raise ValueError("ENCRYPTION_KEYRING and ENCRYPTION_KEYRING_FILE exclude each other")
        self.keys()
        return self
