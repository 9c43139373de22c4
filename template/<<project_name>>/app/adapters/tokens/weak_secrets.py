"""How a signing secret that somebody could guess is told from one that nobody can."""

from itertools import pairwise
from typing import Final

MINIMUM_BYTES: Final = 32
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


def complaint_about(secret: bytes) -> str | None:
    """Why these bytes must not sign anything; `None` when nothing speaks against them."""
    if len(secret) < MINIMUM_BYTES:
        return f"an HS256 key has {MINIMUM_BYTES} bytes or more"
    if _has_a_pattern(secret):
        return "the key repeats itself; make a random one"
    if secret.isascii() and any(word in secret.lower() for word in _TELLTALE_WORDS):
        return "the key is an example; make a random one"
    return None


def is_published(thumbprint: str) -> bool:
    return thumbprint in _PUBLISHED


def _has_a_pattern(secret: bytes) -> bool:
    if len(set(secret)) < _FEWEST_DISTINCT_BYTES:
        return True
    if secret in (secret + secret)[1:-1]:
        return True
    steps = {(after - before) % 256 for before, after in pairwise(secret)}
    return len(steps) == 1
