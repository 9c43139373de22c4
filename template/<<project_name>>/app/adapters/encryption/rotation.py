"""Changing the key-encryption key while the service runs."""

from dataclasses import replace

from .custody import Custody
from .ports import KeyStore


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
