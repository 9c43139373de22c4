"""A small real audit store, for tests that turn it off and look into it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from app.adapters.audit.chain import GENESIS, link
from app.adapters.audit.ports import AuditRow, AuditStore, Link
from app.adapters.audit.settings import AuditSettings
from app.adapters.audit.trail import Trail
from app.kernel.audit import AuditEntry
from app.kernel.errors import DatabaseUnavailable
from tests.clock import TurnableClock
from tests.unit.key_doubles import NOW

USER = "01980000-0000-7000-8000-000000000001"
KEY = "0123456789abcdeffedcba98765432100f1e2d3c4b5a69788796a5b4c3d2e1f0"


def audit_settings(**given: object) -> AuditSettings:
    fast = {"pseudonym_key": KEY, "linger_seconds": 0, "retry_seconds": 0.001}
    return AuditSettings.model_validate({**fast, **given})


class MemoryAuditStore:
    """Keeps what was committed; a unit of work that fails leaves nothing behind."""

    def __init__(self) -> None:
        self.chain: list[Link] = []
        self.commits = 0
        self.failure: Exception | None = None
        self.is_stuck = False

    @property
    def rows(self) -> list[AuditRow]:
        return [link.row for link in self.chain]

    @asynccontextmanager
    async def open(self) -> AsyncIterator[AuditStore]:
        before = list(self.chain)
        try:
            yield self
        except Exception:
            self.chain = before
            raise
        self.commits += 1

    async def append(self, rows: Sequence[AuditRow]) -> None:
        await asyncio.sleep(3600 if self.is_stuck else 0)
        if self.failure:
            raise self.failure
        for row in rows:
            previous = self.chain[-1].hash if self.chain else GENESIS
            self.chain.append(Link(len(self.chain) + 1, row, link(previous, row)))

    async def links(self, after: int, limit: int) -> Sequence[Link]:
        return [link for link in self.chain if link.position > after][:limit]

    def go_away(self) -> None:
        self.failure = DatabaseUnavailable("the table is away")

    def come_back(self) -> None:
        self.failure = None


def sign_in(number: int) -> AuditEntry:
    return AuditEntry("identity.sign_in", USER, USER, details={"number": str(number)})


def trail_on(store: MemoryAuditStore, **given: object) -> Trail:
    return Trail(store.open, audit_settings(**given), TurnableClock(NOW))
