"""Asks the key service, and commits an audit event before a key is handed over."""

from ...kernel.audit import AuditEntry, Outcome
from ...kernel.errors import KeyServiceUnavailable
from .ports import AuditKeyUse, KeyService, Purpose, Wrapped, WrappedKey

ACTOR = "system"


class Custody:
    """Every key is bound to the service's context, its purpose and its id."""

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
