"""Access tokens that were found genuine a moment ago, so that it need not be found out again.

Saves 23 of 25 microseconds a request under HS256, and 110 to 160 under ES256 and EdDSA
(measured on one core; see the decision record on tokens).
"""

from collections import OrderedDict
from hashlib import sha256
from typing import Generic, TypeVar

T = TypeVar("T")


class Verified(Generic[T]):
    """The last `capacity` of them, by hash: the tokens themselves are not kept."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._known: OrderedDict[bytes, T] = OrderedDict()

    def recall(self, text: str) -> T | None:
        name = _name(text)
        if name not in self._known:
            return None
        self._known.move_to_end(name)
        return self._known[name]

    def keep(self, text: str, found: T) -> None:
        self._known[_name(text)] = found
        if len(self._known) > self._capacity:
            self._known.popitem(last=False)


def _name(text: str) -> bytes:
    return sha256(text.encode("ascii")).digest()
