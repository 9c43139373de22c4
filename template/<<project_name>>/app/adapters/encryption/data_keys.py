"""The data keys and index keys of this service: made once, unwrapped for a quarter of an hour.

The key service wraps and unwraps them; an audit event is committed before a key is handed over.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from secrets import token_bytes
from typing import Final, get_args

from ...kernel.audit import AuditEntry, Outcome
from ...kernel.clock import Clock
from ...kernel.errors import KeyServiceUnavailable
from .ports import AuditKeyUse, KeyService, KeyStore, Purpose, Wrapped, WrappedKey
from .sealer import LiveKeys, Sealer

KEPT_FOR: Final = timedelta(minutes=15)
"""How long unwrapped keys stay in this process, and so serve when the key service is away."""

KEY_LENGTH: Final = 32
ACTOR: Final = "system"
PURPOSES: Final[tuple[Purpose, ...]] = get_args(Purpose)


class Encryption:
    """`context` is bound into every value and every wrapped key; it never changes."""

    def __init__(
        self,
        key_service: KeyService,
        key_store: KeyStore,
        audit_key_use: AuditKeyUse,
        clock: Clock,
        *,
        context: str,
    ) -> None:
        self._custody = Custody(key_service, audit_key_use, context)
        self._store = key_store
        self._clock = clock
        self._context = context
        self._kept: tuple[Sealer, datetime] | None = None
        self._loading: asyncio.Task[Sealer] | None = None

    async def ready(self) -> Sealer:
        """Call before a unit of work opens; callers at the same time share one load.

        Raises KeyServiceUnavailable, AuditUnavailable, or what the store raises.
        """
        if self._kept and timedelta(0) <= self._clock() - self._kept[1] < KEPT_FOR:
            return self._kept[0]
        if self._loading is None:
            self._loading = asyncio.create_task(self._load())
            self._loading.add_done_callback(self._loaded)
        return await asyncio.shield(self._loading)

    def _loaded(self, task: asyncio.Task[Sealer]) -> None:
        """A failure is told to those who waited for it, and the next caller tries again."""
        self._loading = None
        if not task.cancelled():
            task.exception()

    async def _load(self) -> Sealer:
        asked_at = self._clock()
        self._kept = None
        keys = await self._all_keys(asked_at)
        by_purpose = [
            await self._unwrap([key for key in keys if key.purpose == purpose], asked_at)
            for purpose in PURPOSES
        ]
        sealer = Sealer(self._context, *by_purpose)
        self._kept = sealer, asked_at
        return sealer

    async def _all_keys(self, now: datetime) -> Sequence[WrappedKey]:
        """Makes the first key of each purpose; of several processes, one's is kept."""
        keys = await self._store.list()
        missing = [purpose for purpose in PURPOSES if purpose not in {key.purpose for key in keys}]
        for purpose in missing:
            wrapped = await self._custody.wrap(token_bytes(KEY_LENGTH), purpose, 1)
            await self._store.add(WrappedKey(purpose, 1, wrapped, now, now))
        return await self._store.list() if missing else keys

    async def _unwrap(self, keys: Sequence[WrappedKey], now: datetime) -> LiveKeys:
        by_id = {key.id: await self._custody.unwrap(key) for key in keys}
        return LiveKeys(active_of(keys, now).id, by_id)


def active_of(keys: Sequence[WrappedKey], now: datetime) -> WrappedKey:
    """The newest whose time has come; the first one even before, for clocks differ."""
    begun = [key for key in keys if key.active_at <= now]
    if not begun:
        return min(keys, key=lambda key: key.id)
    return max(begun, key=lambda key: (key.active_at, key.id))


class Custody:
    """Asks the key service; binds every key to the service's context, its purpose and its id."""

    def __init__(self, key_service: KeyService, audit_key_use: AuditKeyUse, context: str) -> None:
        self._key_service = key_service
        self._audit_key_use = audit_key_use
        self._context = context

    async def wraps_now(self) -> str:
        """The key-encryption key's name, which needs no audit; raises KeyServiceUnavailable."""
        return await self._key_service.describe()

    async def wrap(self, secret: bytes, purpose: Purpose, id: int) -> Wrapped:
        """Raises KeyServiceUnavailable or AuditUnavailable."""
        try:
            wrapped = await self._key_service.wrap(secret, self._bound(purpose, id))
        except KeyServiceUnavailable:
            await self._audit("encryption.wrap", purpose, id, outcome="refused")
            raise
        await self._audit("encryption.wrap", purpose, id, by=wrapped.by)
        return wrapped

    async def unwrap(self, key: WrappedKey) -> bytes:
        """Raises KeyServiceUnavailable or AuditUnavailable."""
        by = key.wrapped.by
        try:
            secret = await self._key_service.unwrap(key.wrapped, self._bound(key.purpose, key.id))
        except KeyServiceUnavailable:
            await self._audit("encryption.unwrap", key.purpose, key.id, by, outcome="refused")
            raise
        await self._audit("encryption.unwrap", key.purpose, key.id, by)
        return secret

    def _bound(self, purpose: Purpose, id: int) -> dict[str, str]:
        return {"context": self._context, "purpose": purpose, "key": str(id)}

    async def _audit(
        self, action: str, purpose: Purpose, id: int, by: str = "", outcome: Outcome = "done"
    ) -> None:
        details = {"purpose": purpose, "key": str(id), "wrapped_by": by}
        await self._audit_key_use(AuditEntry(action, ACTOR, ACTOR, outcome, details))
