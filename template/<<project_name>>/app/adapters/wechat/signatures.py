"""What a client proves with its session_key, which only WeChat and this server know.

Whatever is wrong, the refusal is the same: which step failed would help to forge.
Source: developers.weixin.qq.com, "开放数据校验与解密".
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha1
from hmac import compare_digest
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from ...identity.domain import WeChatAccount
from ...kernel.errors import BadInput

BLOCK = 16
FRESH_FOR_SECONDS = 300
CLOCKS_DIFFER_BY_SECONDS = 60


def open_sealed_data(
    account: WeChatAccount, encrypted_data: str, iv: str, now: datetime
) -> dict[str, object]:
    """AES-128-CBC with PKCS#7; then the watermark says whose it is, and of when."""
    try:
        data = _object(_decrypt(account.session_key, encrypted_data, iv))
        _check_watermark(data.get("watermark"), account.appid, now)
    except (ValueError, RecursionError):
        raise BadInput from None
    return data


def verify_raw_data(account: WeChatAccount, raw_data: str, signature: str) -> dict[str, object]:
    """The signature is SHA-1 over the data and the session_key's own text."""
    try:
        signed = (raw_data + account.session_key).encode()
        expected = sha1(signed, usedforsecurity=False).hexdigest()
        if not compare_digest(expected.encode(), signature.encode()):
            raise ValueError
        return _object(raw_data.encode())
    except (ValueError, RecursionError):
        raise BadInput from None


def _decrypt(session_key: str, encrypted_data: str, iv: str) -> bytes:
    key, vector, sealed = _bytes(session_key), _bytes(iv), _bytes(encrypted_data)
    if len(key) != BLOCK:
        raise ValueError
    decryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
    unpadder = PKCS7(BLOCK * 8).unpadder()
    padded = decryptor.update(sealed) + decryptor.finalize()
    return unpadder.update(padded) + unpadder.finalize()


def _bytes(text: str) -> bytes:
    """Base64 as it is written and in no other way."""
    decoded = b64decode(text, validate=True)
    if b64encode(decoded).decode() != text:
        raise ValueError
    return decoded


def _object(text: bytes) -> dict[str, object]:
    """Only what can be sent on as JSON: no NaN, no half of a character."""
    data: Any = json.loads(text.decode(), parse_constant=_refuse)
    json.dumps(data, ensure_ascii=False).encode()
    if not isinstance(data, dict):
        raise ValueError
    return data


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _check_watermark(watermark: object, appid: str, now: datetime) -> None:
    if not isinstance(watermark, Mapping) or watermark.get("appid") != appid:
        raise ValueError
    timestamp = watermark.get("timestamp")
    if type(timestamp) is not int:
        raise ValueError
    # Whole numbers: a timestamp of 400 digits is no float.
    age_seconds = int(now.timestamp()) - timestamp
    if not -CLOCKS_DIFFER_BY_SECONDS <= age_seconds <= FRESH_FOR_SECONDS:
        raise ValueError
