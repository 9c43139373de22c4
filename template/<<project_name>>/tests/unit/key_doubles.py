"""Small real implementations of what encryption needs, for tests that turn them off and count."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from app.adapters.encryption.data_keys import Encryption
from app.adapters.encryption.keyring import Keyring
from app.adapters.encryption.ports import Wrapped, WrappedKey
from app.adapters.encryption.sealer import LiveKeys, Sealer
from app.kernel.audit import AuditEntry
from app.kernel.errors import AuditUnavailable, KeyServiceUnavailable
from tests.clock import TurnableClock

NOW = datetime(2026, 1, 1, tzinfo=UTC)
K1 = bytes(range(200, 232))[::-1]
K2 = bytes(range(100, 132))[::-1]
INDEX_KEY = bytes(range(7, 39))


def sealer(context: str = "test") -> Sealer:
    return Sealer(context, LiveKeys(1, {1: K1}), LiveKeys(1, {1: INDEX_KEY}))


class MemoryKeyStore:
    def __init__(self) -> None:
        self.keys: dict[tuple[str, int], WrappedKey] = {}

    async def list(self) -> Sequence[WrappedKey]:
        found = [self.keys[at] for at in sorted(self.keys)]
        await asyncio.sleep(0)
        return found

    async def add(self, key: WrappedKey) -> bool:
        return self.keys.setdefault((key.purpose, key.id), key) is key

    async def rewrap(self, key: WrappedKey) -> None:
        known = self.keys[key.purpose, key.id]
        self.keys[key.purpose, key.id] = replace(known, wrapped=key.wrapped)


class FarKeyService:
    """A keyring behind a wire that can be cut; it remembers each unwrap's context."""

    def __init__(self, keys: Mapping[str, bytes] | None = None) -> None:
        self._keyring = Keyring(keys or {"k1": K1})
        self.is_away = False
        self.wraps: list[Mapping[str, str]] = []
        self.unwraps: list[Mapping[str, str]] = []

    async def wrap(self, key: bytes, context: Mapping[str, str]) -> Wrapped:
        self.wraps.append(context)
        await self._answer()
        return await self._keyring.wrap(key, context)

    async def unwrap(self, wrapped: Wrapped, context: Mapping[str, str]) -> bytes:
        self.unwraps.append(context)
        await self._answer()
        return await self._keyring.unwrap(wrapped, context)

    async def describe(self) -> str:
        await self._answer()
        return await self._keyring.describe()

    async def _answer(self) -> None:
        await asyncio.sleep(0)
        if self.is_away:
            raise KeyServiceUnavailable


class Ledger:
    """Takes audit entries; refuses them, or lets them wait, when told to."""

    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []
        self.is_away = False
        self.open = asyncio.Event()
        self.open.set()

    async def __call__(self, entry: AuditEntry) -> None:
        await self.open.wait()
        if self.is_away:
            raise AuditUnavailable
        self.entries.append(entry)


class Process:
    """The encryption of one process, and all that it stands on."""

    def __init__(
        self,
        store: MemoryKeyStore | None = None,
        service: FarKeyService | None = None,
        context: str = "test",
    ) -> None:
        self.store = store or MemoryKeyStore()
        self.service = service or FarKeyService()
        self.ledger = Ledger()
        self.clock = TurnableClock(NOW)
        self.encryption = Encryption(
            self.service, self.store, self.ledger, self.clock, context=context
        )
