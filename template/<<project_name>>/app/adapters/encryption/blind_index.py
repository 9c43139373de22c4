"""Finds a sealed value without opening it; bytes and lengths are fixed by docs/decisions/0004.

version(1) | HMAC-SHA-256 of the value, cut to 16 bytes

The key is derived from an index key of its own, so it outlives every data key.
Whoever has the index key can try out all phone numbers: it is kept like a data key.
"""

import hmac
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .envelope import framed

LABEL: Final = b"weforge blind index v1"
LENGTH: Final = 17
"""Of an index, in bytes; what the column must hold."""


@dataclass(frozen=True, slots=True)
class IndexKey:
    """`id` is the index's version: 1 to 255."""

    id: int
    secret: bytes = field(repr=False)


def of(value: str, where: tuple[str, str, str, str], key: IndexKey) -> bytes:
    """`where` is context, table, column and scope; `value` is normalised by its owner."""
    version = key.id.to_bytes(1, "big")
    info = framed(LABEL, version, *where)
    derived = HKDF(SHA256(), 32, None, info).derive(key.secret)
    mac = hmac.digest(derived, value.encode("utf-8"), "sha256")
    return version + mac[: LENGTH - 1]
