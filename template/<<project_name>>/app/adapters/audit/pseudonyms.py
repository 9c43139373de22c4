"""Names in the trail that stay the same for one person and tell nobody who it is."""

import hmac
from secrets import token_hex
from typing import Final

from .settings import AuditSettings

ROLES: Final = frozenset({"operator", "system"})
"""Who is nobody in particular keeps the name."""


def new_pseudonym_key() -> str:
    """For `setup`."""
    return token_hex(32)


class Pseudonyms:
    def __init__(self, settings: AuditSettings) -> None:
        self._key = bytes.fromhex(settings.pseudonym_key.get_secret_value())

    def of(self, id: str) -> str:
        """HMAC-SHA-256, cut to 16 bytes, in hexadecimal: 32 characters."""
        if id in ROLES:
            return id
        return hmac.digest(self._key, id.encode("utf-8"), "sha256")[:16].hex()
