"""The bytes that docs/decisions/0004 fixes, computed a second time from its words alone."""

import hmac
import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.adapters.encryption import envelope
from app.adapters.encryption.envelope import DataKey, IndexKey, Where
from app.adapters.encryption.keyring import Keyring
from app.adapters.encryption.ports import Wrapped

Vector = dict[str, Any]
RECORD = Path(__file__).parents[2] / "docs" / "decisions" / "0004-envelope-format.md"


def vectors(kind: str) -> list[Vector]:
    written = re.search(r"```json\n(.*?)```", RECORD.read_text("utf-8"), re.DOTALL)
    assert written is not None
    found: list[Vector] = json.loads(written[1])[kind]
    return found


@pytest.mark.parametrize("vector", vectors("envelope"), ids=["phone", "text"])
def test_sealed_values_are_made_as_the_record_says(vector: Vector) -> None:
    id, salt, nonce = _number(vector["data_key_id"], 4), _hex(vector, "salt"), _hex(vector, "nonce")
    row = UUID(vector["row"]).bytes
    label = b"weforge field v1"
    bound = _framed(label, vector["context"], vector["table"], vector["column"], row, id)
    derived = _hkdf(_hex(vector, "data_key"), salt, _framed(label, b"\x01\x01", id), 64)
    body = AESGCM(derived[:32]).encrypt(nonce, vector["text"].encode(), bound)

    assert vector["associated_data"] == bound.hex()
    assert vector["message_key"] == derived[:32].hex()
    assert vector["commitment"] == derived[32:].hex()
    assert vector["sealed"] == (b"\x01\x01" + id + salt + derived[32:] + nonce + body).hex()


@pytest.mark.parametrize("vector", vectors("envelope"), ids=["phone", "text"])
def test_the_records_sealed_values_open(vector: Vector) -> None:
    key = DataKey(vector["data_key_id"], _hex(vector, "data_key"))
    row = UUID(vector["row"]).bytes
    where = Where(vector["context"], vector["table"], vector["column"], row)

    plain = envelope.open(_hex(vector, "sealed"), key, where)

    assert plain.decode() == vector["text"]


@pytest.mark.parametrize("vector", vectors("blind_index"), ids=["phone", "openid"])
def test_blind_indexes_are_made_as_the_record_says(vector: Vector) -> None:
    version = _number(vector["version"], 1)
    where = (vector["context"], vector["table"], vector["column"], vector["scope"])
    info = _framed(b"weforge blind index v1", version, *where)
    key = _hkdf(_hex(vector, "index_key"), b"", info, 32)
    mac = hmac.digest(key, vector["value"].encode(), "sha256")[:16]
    index_key = IndexKey(vector["version"], _hex(vector, "index_key"))

    assert vector["index"] == (version + mac).hex()
    assert envelope.index(vector["value"], where, index_key).hex() == vector["index"]


@pytest.mark.parametrize("vector", vectors("wrapped_key"), ids=["keyring"])
async def test_keys_are_wrapped_as_the_record_says(vector: Vector) -> None:
    pairs = [part for pair in sorted(vector["context"].items()) for part in pair]
    bound = _framed(b"weforge keyring v1", vector["name"], *pairs)
    secret, nonce = _hex(vector, "key_encryption_key"), _hex(vector, "nonce")
    body = AESGCM(secret).encrypt(nonce, _hex(vector, "key"), bound)
    keyring = Keyring({vector["name"]: secret})
    wrapped = Wrapped(vector["name"], _hex(vector, "wrapped"))

    assert vector["wrapped"] == (b"\x01" + nonce + body).hex()
    assert await keyring.unwrap(wrapped, vector["context"]) == _hex(vector, "key")


def _hex(vector: Vector, name: str) -> bytes:
    return bytes.fromhex(vector[name])


def _number(value: int, length: int) -> bytes:
    return value.to_bytes(length, "big")


def _framed(*fields: bytes | str) -> bytes:
    written = b""
    for field in fields:
        raw = field.encode() if isinstance(field, str) else field
        written += _number(len(raw), 4) + raw
    return written


def _hkdf(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869 with SHA-256, from its own text; an empty salt is 32 zero bytes."""
    extracted = hmac.digest(salt or bytes(32), secret, "sha256")
    block, output = b"", b""
    while len(output) < length:
        block = hmac.digest(extracted, block + info + _number(len(output) // 32 + 1, 1), "sha256")
        output += block
    return output[:length]
