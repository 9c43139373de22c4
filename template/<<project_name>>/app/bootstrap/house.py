"""The adapters of one process: opened once, shared by all modules."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from ..adapters.audit.ports import AuditStore, OpenStore
from ..adapters.audit.trail import Trail
from ..adapters.caching import open_store
from ..adapters.caching.policy import Policy
from ..adapters.caching.ports import Store
from ..adapters.caching.two_tier import TwoTierCache
from ..adapters.encryption import open_key_service
from ..adapters.encryption.data_keys import Encryption
from ..adapters.encryption.ports import KeyService
from ..adapters.encryption.sealer import Sealer
from ..adapters.persistence import open_database
from ..adapters.persistence.audit import SqlAuditStore
from ..adapters.persistence.database import Database, Scope, SqlWorks
from ..adapters.persistence.keys import SqlKeyStore
from ..adapters.telemetry.metrics import Metrics, open_metrics
from ..adapters.wechat import HttpWeChat, open_wechat
from ..kernel.clock import Clock, utc_now
from ..kernel.ports import Audit, Cache, Works
from ..settings import Settings

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class House:
    """Tests replace a room with `dataclasses.replace` before the modules move in."""

    settings: Settings
    clock: Clock
    database: Database
    store: Store
    key_service: KeyService
    encryption: Encryption
    trail: Trail
    wechat: HttpWeChat
    metrics: Metrics

    def works(self, build: Callable[[Scope, Audit], T]) -> Works[T]:
        """Units of work that need no key."""

        async def prepare() -> Callable[[Scope], T]:
            return lambda scope: build(scope, self._audit(scope))

        return SqlWorks(self.database, self.clock, prepare)

    def sealed_works(self, build: Callable[[Scope, Audit, Sealer], T]) -> Works[T]:
        """Units of work that open sealed values; the keys are fetched before the work begins."""

        async def prepare() -> Callable[[Scope], T]:
            sealer = await self.encryption.ready()
            return lambda scope: build(scope, self._audit(scope), sealer)

        return SqlWorks(self.database, self.clock, prepare)

    def cache(self, name: str, kind: type[T], policy: Policy) -> Cache[T]:
        on_outcome = self.metrics.cache_asked
        return TwoTierCache(self.store, name, kind, policy, self.clock, on_outcome)

    async def close(self) -> None:
        await self.wechat.close()
        await self.database.close()

    def _audit(self, scope: Scope) -> Audit:
        return self.trail.within(SqlAuditStore(scope), scope.now)


def open_house(
    settings: Settings, clock: Clock = utc_now, *, key_service: KeyService | None = None
) -> House:
    """Opens no connection: a server that is away is met by the request that needs it."""
    metrics = open_metrics(settings.telemetry)
    database = open_database(settings.database, metrics.query_ended)
    trail = Trail(_audit_stores(database, clock), settings.audit, clock)
    metrics.before_each_look(lambda: metrics.audit_dropped(trail.dropped))
    metrics.before_each_look(lambda: metrics.connections_in_use(database.connections_in_use))
    keys = key_service or open_key_service(settings.encryption)
    return House(
        settings=settings,
        clock=clock,
        database=database,
        store=open_store(clock),
        key_service=keys,
        encryption=Encryption(
            keys, SqlKeyStore(database), trail.commit, clock, context=settings.encryption.context
        ),
        trail=trail,
        wechat=open_wechat(settings.wechat, clock, metrics.wechat_answered),
        metrics=metrics,
    )


def _audit_stores(database: Database, clock: Clock) -> OpenStore:
    @asynccontextmanager
    async def open_store() -> AsyncIterator[AuditStore]:
        async with database.writing() as connection:
            yield SqlAuditStore(Scope(connection, clock()))

    return open_store
