"""How many connections are kept, and for how long."""

from collections.abc import Mapping
from time import monotonic
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry

from .settings import DatabaseSettings

_IDLE_SINCE = "idle_since"


def pool_options(settings: DatabaseSettings) -> Mapping[str, Any]:
    """For `create_async_engine`; the one used last is used next, so that the others can age."""
    return {
        "poolclass": AsyncAdaptedQueuePool,
        "pool_size": settings.pool_kept,
        "max_overflow": settings.pool_size - settings.pool_kept,
        "pool_timeout": settings.acquire_timeout_seconds,
        "pool_recycle": settings.pool_life_seconds,
        "pool_use_lifo": True,
    }


def renew_idle(engine: AsyncEngine, idle_seconds: float) -> None:
    """A connection that lay idle for too long is replaced when it is asked for."""

    def rest(_connection: Any, entry: ConnectionPoolEntry) -> None:
        entry.info[_IDLE_SINCE] = monotonic()

    def wake(_connection: Any, entry: ConnectionPoolEntry, _proxy: Any) -> None:
        if monotonic() - entry.info.get(_IDLE_SINCE, monotonic()) > idle_seconds:
            raise DisconnectionError

    event.listen(engine.sync_engine, "checkin", rest)
    event.listen(engine.sync_engine, "checkout", wake)
