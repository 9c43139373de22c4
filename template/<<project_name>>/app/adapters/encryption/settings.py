"""How personal data at rest is set up, and how its keyring is written down.

A keyring is `k2:BASE64,k1:BASE64`: the first key wraps, all of them open.
"""

import os
import re
import stat
from base64 import b64decode, b64encode
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from secrets import token_bytes
from typing import Annotated, Self

from pydantic import SecretStr, StringConstraints, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

KEY_LENGTH = 32
"""In bytes: AES-256."""

_NAME = re.compile(r"[A-Za-z0-9_-]{1,32}")
_FEWEST_DISTINCT_BYTES = 12
"""Of 32 random bytes fewer differ with a chance below 2^-80."""


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


def new_keyring_text() -> str:
    """One fresh key, for `setup`."""
    return f"k1:{b64encode(token_bytes(KEY_LENGTH)).decode('ascii')}"


def read_keyring_file(path: Path, setting: str) -> str:
    """Raises ValueError when it cannot be read, or others than its owner can."""
    try:
        mode = path.stat().st_mode
        text = path.read_text("utf-8")
    except (OSError, ValueError):
        raise ValueError(f"{setting} names a file that cannot be read") from None
    if os.name == "posix" and stat.S_IMODE(mode) & (stat.S_IRWXG | stat.S_IRWXO):
        raise ValueError(f"{setting} names a file that is open to others; run `chmod 600` on it")
    return text


def parse_keyring(text: str, setting: str) -> Mapping[str, bytes]:
    """Keys by name, in their order; raises ValueError with a sentence that names `setting`.

    Separators are commas or lines, so that a mounted file may hold one key a line.
    """
    keys: dict[str, bytes] = {}
    for entry in re.split(r"[,\n]", text.strip()):
        name, secret = _parse_entry(entry.strip(), setting)
        if name in keys:
            raise ValueError(f"{setting} names a key twice")
        keys[name] = secret
    if len(set(keys.values())) < len(keys):
        raise ValueError(f"{setting} holds the same key under two names")
    return keys


def _parse_entry(entry: str, setting: str) -> tuple[str, bytes]:
    name, colon, encoded = entry.partition(":")
    if not colon or not _NAME.fullmatch(name):
        raise ValueError(f"{setting} must be written as name:base64, joined by commas")
    return name, _genuine(_decode(encoded, setting), setting)


def _decode(encoded: str, setting: str) -> bytes:
    try:
        return b64decode(encoded, validate=True)
    except ValueError:
        raise ValueError(f"{setting} holds a key that is not base64") from None


def _genuine(secret: bytes, setting: str) -> bytes:
    if len(secret) != KEY_LENGTH:
        raise ValueError(f"{setting} holds a key that is not {KEY_LENGTH} bytes long")
    if len(set(secret)) < _FEWEST_DISTINCT_BYTES or secret.isascii() or _is_staircase(secret):
        raise ValueError(f"{setting} holds an example key; make one with `python -m app setup`")
    return secret


def _is_staircase(secret: bytes) -> bool:
    """Like `bytes(range(32))`: each byte the same step above the one before."""
    steps = {(after - before) % 256 for before, after in pairwise(secret)}
    return len(steps) == 1
