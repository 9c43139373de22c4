"""The bytes of a sealed value and of its index; docs/decisions/0004 fixes them.

A sealed value:
version(1) suite(1) data-key id(4) salt(16) commitment(32) nonce(12) ciphertext tag(16)

Each value has a key of its own, derived from the data key and a fresh salt.
GCM alone would let one ciphertext open under two keys; the commitment rules that out.

A blind index, which finds a sealed value without opening it:
version(1) | HMAC-SHA-256 of the value, cut to 16 bytes

Its key is derived from an index key of its own, so it outlives every data key.
Whoever has the index key can try out all phone numbers: it is kept like a data key.
"""

import hmac
from dataclasses import dataclass, field
from secrets import token_bytes
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ...kernel.errors import Broken

FIELD_LABEL: Final = b"weforge field v1"
INDEX_LABEL: Final = b"weforge blind index v1"
VERSION_AND_SUITE: Final = b"\x01\x01"
"""Version 1; suite 1 is AES-256-GCM with HKDF-SHA-256 and a commitment of 32 bytes."""

SALT_LENGTH: Final = 16
NONCE_LENGTH: Final = 12
OVERHEAD: Final = 82
"""How much longer a sealed value is than its text, in bytes."""

INDEX_LENGTH: Final = 17
"""Of a blind index, in bytes; what the column must hold."""

_KEY_LENGTH = 32


class Unreadable(Broken):
    """Changed, moved, or sealed under a key that is not there: one error for all of them."""


@dataclass(frozen=True, slots=True)
class DataKey:
    id: int
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class IndexKey:
    """`id` is the index's version: 1 to 255."""

    id: int
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Where:
    """What a value is bound to."""

    context: str
    table: str
    column: str
    row: bytes


def seal(plain: bytes, key: DataKey, where: Where) -> bytes:
    salt, nonce = token_bytes(SALT_LENGTH), token_bytes(NONCE_LENGTH)
    message_key, commitment = _derive(key, salt)
    body = AESGCM(message_key).encrypt(nonce, plain, _bound(where, key.id))
    return VERSION_AND_SUITE + _id_bytes(key.id) + salt + commitment + nonce + body


def open(sealed: bytes, key: DataKey, where: Where) -> bytes:
    """Raises Unreadable, the same for every reason."""
    if key_id(sealed) != key.id:
        raise Unreadable
    salt, commitment, nonce, body = _split(sealed)
    message_key, expected = _derive(key, salt)
    if not hmac.compare_digest(commitment, expected):
        raise Unreadable
    try:
        return AESGCM(message_key).decrypt(nonce, body, _bound(where, key.id))
    except InvalidTag as error:
        raise Unreadable from error


def key_id(sealed: bytes) -> int:
    """Raises Unreadable for what is too short, or of another version or suite."""
    if len(sealed) < OVERHEAD or sealed[:2] != VERSION_AND_SUITE:
        raise Unreadable
    return int.from_bytes(sealed[2:6], "big")


def index(value: str, where: tuple[str, str, str, str], key: IndexKey) -> bytes:
    """`where` is context, table, column and scope; `value` is normalised by its owner."""
    version = key.id.to_bytes(1, "big")
    info = framed(INDEX_LABEL, version, *where)
    derived = HKDF(SHA256(), _KEY_LENGTH, None, info).derive(key.secret)
    mac = hmac.digest(derived, value.encode("utf-8"), "sha256")
    return version + mac[: INDEX_LENGTH - 1]


def framed(*fields: bytes | str) -> bytes:
    """Each field behind its length in 4 bytes, big endian, text as UTF-8.

    So no two lists of fields ever make the same bytes.
    """
    encoded = [field.encode("utf-8") if isinstance(field, str) else field for field in fields]
    return b"".join(len(field).to_bytes(4, "big") + field for field in encoded)


def _split(sealed: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """Salt, commitment, nonce, and ciphertext with its tag."""
    return sealed[6:22], sealed[22:54], sealed[54:66], sealed[66:]


def _derive(key: DataKey, salt: bytes) -> tuple[bytes, bytes]:
    """The key of one message, and what commits to it."""
    info = framed(FIELD_LABEL, VERSION_AND_SUITE, _id_bytes(key.id))
    derived = HKDF(SHA256(), 2 * _KEY_LENGTH, salt, info).derive(key.secret)
    return derived[:_KEY_LENGTH], derived[_KEY_LENGTH:]


def _bound(where: Where, id: int) -> bytes:
    """The associated data: whatever differs from it when opening makes the value unreadable."""
    return framed(FIELD_LABEL, where.context, where.table, where.column, where.row, _id_bytes(id))


def _id_bytes(id: int) -> bytes:
    return id.to_bytes(4, "big")
