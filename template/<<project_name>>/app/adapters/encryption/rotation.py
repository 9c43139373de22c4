"""What an operator sees of the keys, and does with them while the service runs.

Which there are, who wraps them, how much lies under each; and a new key-encryption key for all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from .data_keys import Custody, active_of
from .ports import CountByKey, KeyService, KeyStore, Purpose, WrappedKey

State = Literal["next", "active", "decrypt_only"]


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """`sealed_values` is `None` for an index key, which seals nothing.

    `is_wrapped_by_active` is false until `keys rotate` has wrapped it anew.
    """

    purpose: Purpose
    id: int
    state: State
    wrapped_by: str
    is_wrapped_by_active: bool
    created_at: datetime
    sealed_values: int | None


async def key_status(
    key_service: KeyService, store: KeyStore, count_by_key: CountByKey, now: datetime
) -> Sequence[KeyStatus]:
    """By purpose and id; unwraps nothing, so it needs no audit. Raises KeyServiceUnavailable."""
    wraps_now = await key_service.describe()
    keys = await store.list()
    counts = await count_by_key()
    return [_status(key, keys, wraps_now, counts, now) for key in keys]


async def rewrap(custody: Custody, store: KeyStore) -> int:
    """Puts every key under the newest key-encryption key; says how many it wrapped anew.

    Stored values stay as they are. Safe to repeat. Raises KeyServiceUnavailable.
    """
    newest = await custody.wraps_now()
    old = [key for key in await store.list() if key.wrapped.by != newest]
    for key in old:
        secret = await custody.unwrap(key)
        wrapped = await custody.wrap(secret, key.purpose, key.id)
        await store.rewrap(replace(key, wrapped=wrapped))
    return len(old)


def _status(
    key: WrappedKey,
    keys: Sequence[WrappedKey],
    wraps_now: str,
    counts: Mapping[int, int],
    now: datetime,
) -> KeyStatus:
    return KeyStatus(
        purpose=key.purpose,
        id=key.id,
        state=_state(key, [other for other in keys if other.purpose == key.purpose], now),
        wrapped_by=key.wrapped.by,
        is_wrapped_by_active=key.wrapped.by == wraps_now,
        created_at=key.created_at,
        sealed_values=counts.get(key.id, 0) if key.purpose == "data" else None,
    )


def _state(key: WrappedKey, siblings: Sequence[WrappedKey], now: datetime) -> State:
    if active_of(siblings, now).id == key.id:
        return "active"
    return "next" if key.active_at > now else "decrypt_only"
