"""Changing keys while the service runs."""

from dataclasses import replace
from datetime import datetime, timedelta
from secrets import token_bytes
from typing import Final

from .custody import Custody
from .data_keys import KEPT_FOR, KEY_LENGTH
from .ports import KeyStore, Purpose, WrappedKey

KNOWN_BEFOREHAND: Final = KEPT_FOR + timedelta(minutes=5)
"""How long every process can open with a new key before any process seals with it."""


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


async def add_key(
    custody: Custody, store: KeyStore, purpose: Purpose, now: datetime
) -> WrappedKey | None:
    """The next key of a purpose; `None` when somebody else was adding one at the same time."""
    id = max((key.id for key in await store.list() if key.purpose == purpose), default=0) + 1
    wrapped = await custody.wrap(token_bytes(KEY_LENGTH), purpose, id)
    key = WrappedKey(purpose, id, wrapped, now, now + KNOWN_BEFOREHAND)
    return key if await store.add(key) else None
