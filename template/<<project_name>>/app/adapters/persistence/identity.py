"""Units of work on users and their sessions, and codes of `wx.login` that were seen."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import Column, Table, delete

from ...kernel.clock import Clock
from ...kernel.ports import Audit
from ..encryption.sealer import Sealer
from .columns import Digest, UtcTime
from .conflicts import insert_if_new
from .database import Database, Scope
from .events import SqlOutbox
from .schema import metadata
from .sessions import SqlSessionRepository
from .users import SqlUserRepository

CODES_KEPT_FOR: Final = timedelta(minutes=10)
"""WeChat itself forgets a code after five minutes; twice that allows for clocks that differ."""

CODES_TIDIED_EVERY: Final = timedelta(minutes=1)

spent_codes = Table(
    "spent_codes",
    metadata,
    Column("code_hash", Digest(32), primary_key=True),
    Column("created_at", UtcTime, nullable=False, index=True),
)


class SqlSessionWork:
    """Fulfils `SessionWork`."""

    def __init__(self, scope: Scope, audit: Audit) -> None:
        self.now = scope.now
        self.audit = audit
        self.sessions = SqlSessionRepository(scope)


class SqlIdentityWork(SqlSessionWork):
    """Fulfils `IdentityWork`."""

    def __init__(self, scope: Scope, audit: Audit, sealer: Sealer) -> None:
        super().__init__(scope, audit)
        self.users = SqlUserRepository(scope, sealer)
        self.outbox = SqlOutbox(scope)


class SqlSpentCodes:
    """Fulfils `SpentCodes`: of all processes one may exchange a code, which is kept as a hash."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._tidied_at: datetime | None = None

    async def claim(self, code: str) -> bool:
        code_hash = sha256(code.encode()).digest()
        async with self._database.writing() as connection:
            now = self._clock()
            if self._is_untidy(now):
                old = spent_codes.c.created_at < now - CODES_KEPT_FOR
                await connection.execute(delete(spent_codes).where(old))
            row = {"code_hash": code_hash, "created_at": now}
            return await insert_if_new(connection, spent_codes, row)

    def _is_untidy(self, now: datetime) -> bool:
        if self._tidied_at is not None and now - self._tidied_at < CODES_TIDIED_EVERY:
            return False
        self._tidied_at = now
        return True
