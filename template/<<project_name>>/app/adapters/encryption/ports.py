"""What encryption at rest needs from outside: who wraps its keys, and where wrapped keys lie."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from ...kernel.audit import AuditEntry

Purpose = Literal["data", "index"]
"""What a key is for: sealing values, or finding them by blind index."""

AuditKeyUse = Callable[[AuditEntry], Awaitable[None]]
"""Commits one strict event in a work of its own; raises AuditUnavailable."""

CountByKey = Callable[[], Awaitable[Mapping[int, int]]]
"""How many sealed values lie under each data key, over all tables."""


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A key that only its key-encryption key can open; `by` names that one."""

    by: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """One data key or index key as it is stored; (`purpose`, `id`) is unique.

    It is used for sealing from `active_at` on, until another one's time has come.
    A new key's `active_at` lies ahead, so that every process can open before any process seals.
    """

    purpose: Purpose
    id: int
    wrapped: Wrapped
    created_at: datetime
    active_at: datetime


class KeyService(Protocol):
    """Holds the key-encryption keys; they never leave it."""

    async def wrap(self, key: bytes, context: Mapping[str, str]) -> Wrapped:
        """Under the newest key-encryption key, bound to `context`.

        Raises KeyServiceUnavailable, also when it refuses.
        """

    async def unwrap(self, wrapped: Wrapped, context: Mapping[str, str]) -> bytes:
        """Raises KeyServiceUnavailable, also when key, context or bytes are not the right ones."""

    async def describe(self) -> str:
        """The name of the key-encryption key that wraps now; raises KeyServiceUnavailable."""


class KeyStore(Protocol):
    """Where wrapped keys lie, for all processes; each call is a work of its own."""

    async def list(self) -> Sequence[WrappedKey]:
        """All of them, by purpose and id."""

    async def add(self, key: WrappedKey) -> bool:
        """False, and nothing changed, when (`purpose`, `id`) is there already."""

    async def rewrap(self, key: WrappedKey) -> None:
        """Writes a known key's new wrapping; the rest of its row stays."""
