"""Which keys sign access tokens, which only verify them, and which are too weak to do either."""

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from secrets import token_bytes, token_hex
from typing import Final, Literal, Protocol, cast

from cryptography.exceptions import UnsupportedAlgorithm
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OctKey, OKPKey
from joserfc.jws import JWSRegistry

State = Literal["next", "active", "verify"]

_KINDS: Final[Mapping[str, type[OctKey] | type[ECKey] | type[OKPKey]]] = {
    "HS256": OctKey,
    "ES256": ECKey,
    "EdDSA": OKPKey,
}
_STATES: Final = ("next", "active", "verify")
_KID: Final = re.compile(r"\A[A-Za-z0-9_-]{1,32}\Z")

_MINIMUM_BYTES: Final = 32
"""As many as SHA-256 puts out (RFC 7518, section 3.2)."""

_FEWEST_DISTINCT_BYTES: Final = 8
_TELLTALE_WORDS: Final = (b"secret", b"change", b"example", b"password", b"placeholder", b"your-")

_PUBLISHED: Final = frozenset(
    {
        "GPmqoJNCA5mHA5OddgZmQ_LpguRg28ZNDOWq0cnJgQo",
        "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U",
        "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
    }
)
"""Thumbprints (RFC 7638) of keys that RFCs print: RFC 7515 A.1 and A.3, RFC 8037 A.1."""


class Algorithm(Protocol):
    """One of joserfc's, which reads nothing of a token but what it is handed here."""

    name: str

    def sign(self, msg: bytes, key: Key) -> bytes: ...

    def verify(self, msg: bytes, sig: bytes, key: Key) -> bool: ...


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key under its id: `active` signs, all three states verify.

    `next` is known to every process before the first one signs with it;
    `verify` outlives its last token; then the key leaves the setting.
    """

    kid: str
    algorithm: Algorithm
    state: State
    key: Key = field(repr=False)

    def sign(self, message: bytes) -> bytes:
        return self.algorithm.sign(message, self.key)

    def verifies(self, message: bytes, signature: bytes) -> bool:
        return self.algorithm.verify(message, signature, self.key)

    def public(self) -> dict[str, object] | None:
        """As a JSON Web Key (RFC 7517); `None` where both sides share one secret."""
        if isinstance(self.key, OctKey):
            return None
        known = {"kid": self.kid, "alg": self.algorithm.name, "use": "sig"}
        return {**self.key.as_dict(private=False), **known}


def read_signing_keys(text: str) -> tuple[SigningKey, ...]:
    """Reads `kid:alg:state:BASE64`, several joined by commas.

    BASE64 is the secret's bytes for HS256, a private key (PEM or DER, PKCS #8) for ES256 and EdDSA.
    Raises ValueError, whose text tells which entry is wrong and why, and never quotes a key.
    """
    keys = tuple(_read(entry.strip(), at) for at, entry in enumerate(text.split(","), start=1))
    if len({key.kid for key in keys}) < len(keys):
        raise ValueError("two keys have the same id")
    if [key.state for key in keys].count("active") != 1:
        raise ValueError("exactly one key must be active")
    return keys


def new_signing_key_text() -> str:
    """What `setup` writes: one fresh active HS256 key, as `read_signing_keys` reads it."""
    return f"k{token_hex(4)}:HS256:active:{b64encode(token_bytes(32)).decode('ascii')}"


def public_keys(keys: Sequence[SigningKey]) -> dict[str, object] | None:
    """A JWK set (RFC 7517, section 5) with public halves only; `None` when all keys are secrets."""
    published = [public for key in keys if (public := key.public()) is not None]
    return {"keys": published} if published else None


def _read(entry: str, at: int) -> SigningKey:
    parts = entry.split(":")
    if len(parts) != 4:
        raise ValueError(f"entry {at} is not of the form kid:alg:state:BASE64")
    kid, alg, state, encoded = parts
    if not _KID.match(kid):
        raise ValueError(f"entry {at}: an id has 1 to 32 of A-Z a-z 0-9 _ -")
    if alg not in _KINDS or state not in _STATES:
        raise ValueError(f"entry {at}: alg is HS256, ES256 or EdDSA; state next, active or verify")
    key = _import(encoded, alg, at)
    if state == "active" and not key.is_private:
        raise ValueError(f"entry {at}: a public key cannot be active")
    return SigningKey(kid, JWSRegistry.algorithms[alg], cast(State, state), key)


def _import(encoded: str, alg: str, at: int) -> Key:
    try:
        material = b64decode(encoded, validate=True)
    except ValueError:
        raise ValueError(f"entry {at}: the key is not base64") from None
    if alg == "HS256" and (complaint := _complaint_about(material)):
        raise ValueError(f"entry {at}: {complaint}")
    try:
        key = _KINDS[alg].import_key(material)
        JWSRegistry.algorithms[alg].check_key(key)
    except (ValueError, TypeError, JoseError, UnsupportedAlgorithm):
        raise ValueError(f"entry {at}: not a key for {alg}") from None
    if isinstance(key, OKPKey) and key.curve_name != "Ed25519":
        raise ValueError(f"entry {at}: EdDSA needs an Ed25519 key")
    if _is_published(key.thumbprint()):
        raise ValueError(f"entry {at}: this key is printed in a public document")
    return key


def _complaint_about(secret: bytes) -> str | None:
    """Why these bytes must not sign anything; `None` when nothing speaks against them."""
    if len(secret) < _MINIMUM_BYTES:
        return f"an HS256 key has {_MINIMUM_BYTES} bytes or more"
    if _has_a_pattern(secret):
        return "the key repeats itself; make a random one"
    if secret.isascii() and any(word in secret.lower() for word in _TELLTALE_WORDS):
        return "the key is an example; make a random one"
    return None


def _is_published(thumbprint: str) -> bool:
    return thumbprint in _PUBLISHED


def _has_a_pattern(secret: bytes) -> bool:
    if len(set(secret)) < _FEWEST_DISTINCT_BYTES:
        return True
    if secret in (secret + secret)[1:-1]:
        return True
    steps = {(after - before) % 256 for before, after in pairwise(secret)}
    return len(steps) == 1
