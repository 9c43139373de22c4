"""Signed text of one purpose (RFC 7515): what this service wrote is read, and nothing else is.

The text never chooses how it is verified: its `kid` names one of a fixed set of keys, each of
which has one algorithm (RFC 8725, sections 3.1 and 3.10).
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Final

import orjson

from .signing_keys import SigningKey

TYPE: Final = "at+jwt"
"""RFC 9068, section 2.1: nothing that was signed for another purpose passes as an access token."""


def base64url(data: bytes) -> str:
    """Without padding (RFC 7515, section 2), in the one spelling that each value has."""
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """Raises ValueError for what `base64url` never wrote: padding, other letters, spare bits."""
    data = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    if base64url(data) != text:
        raise ValueError("not canonical base64url")
    return data


class Codec:
    """`keys` as `read_signing_keys` gives them: different ids, one of them active."""

    def __init__(self, keys: Sequence[SigningKey]) -> None:
        self._keys = {key.kid: key for key in keys}
        self._active = next(key for key in keys if key.state == "active")
        self._headers = {key.kid: _header(key) for key in keys}

    def write(self, claims: Mapping[str, object]) -> str:
        key = self._active
        signed = f"{self._headers[key.kid]}.{base64url(orjson.dumps(claims))}"
        return f"{signed}.{base64url(key.sign(signed.encode('ascii')))}"

    def read(self, text: str) -> dict[str, object]:
        """The claims of a genuine text, whatever they say; raises ValueError for any other."""
        header, payload, signature = text.split(".")
        key = self._key(_object(header))
        message = f"{header}.{payload}".encode("ascii")
        if not key.verifies(message, from_base64url(signature)):
            raise ValueError("the signature is not ours")
        return _object(payload)

    def _key(self, header: dict[str, object]) -> SigningKey:
        kid = header.get("kid")
        key = self._keys.get(kid) if isinstance(kid, str) else None
        if key is None:
            raise ValueError("no such key")
        if header != {"alg": key.algorithm.name, "kid": key.kid, "typ": TYPE}:
            raise ValueError("a header that this service does not write")
        return key


def _header(key: SigningKey) -> str:
    header = {"alg": key.algorithm.name, "kid": key.kid, "typ": TYPE}
    return base64url(orjson.dumps(header))


def _object(segment: str) -> dict[str, object]:
    """Compared by writing it again, so that no member stands twice and no number has two values."""
    text = from_base64url(segment)
    found = orjson.loads(text)
    if not isinstance(found, dict) or orjson.dumps(found) != text:
        raise ValueError("not the JSON that this service writes")
    return found
