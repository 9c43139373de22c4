"""Key-encryption keys that lie with the process: a mounted secret or a file of mode 0600.

A wrapped key is version(1) | nonce(12) | ciphertext(32) | tag(16), under AES-256-GCM.
"""

from collections.abc import Mapping
from secrets import token_bytes
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ...kernel.errors import KeyServiceUnavailable
from .envelope import framed
from .ports import KeyService, Wrapped
from .settings import EncryptionSettings

LABEL: Final = b"weforge keyring v1"
_VERSION = b"\x01"
_NONCE_LENGTH = 12


def open_key_service(settings: EncryptionSettings) -> KeyService:
    return Keyring(settings.keys())


class Keyring:
    """The first key wraps; the others open what they wrapped before."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._keys = keys
        self._active = next(iter(keys))

    def __repr__(self) -> str:
        return f"Keyring({', '.join(self._keys)})"

    async def wrap(self, key: bytes, context: Mapping[str, str]) -> Wrapped:
        nonce = token_bytes(_NONCE_LENGTH)
        cipher = AESGCM(self._keys[self._active])
        body = cipher.encrypt(nonce, key, _bound(self._active, context))
        return Wrapped(self._active, _VERSION + nonce + body)

    async def unwrap(self, wrapped: Wrapped, context: Mapping[str, str]) -> bytes:
        if wrapped.by not in self._keys:
            raise KeyServiceUnavailable(f"key {wrapped.by} is not in the keyring")
        if wrapped.data[:1] != _VERSION:
            raise KeyServiceUnavailable("wrapped in a way that this version does not know")
        nonce, body = wrapped.data[1 : 1 + _NONCE_LENGTH], wrapped.data[1 + _NONCE_LENGTH :]
        try:
            return AESGCM(self._keys[wrapped.by]).decrypt(nonce, body, _bound(wrapped.by, context))
        except (InvalidTag, ValueError) as error:
            raise KeyServiceUnavailable(f"key {wrapped.by} does not open this") from error

    async def describe(self) -> str:
        return self._active


def _bound(name: str, context: Mapping[str, str]) -> bytes:
    pairs = [part for pair in sorted(context.items()) for part in pair]
    return framed(LABEL, name, *pairs)
