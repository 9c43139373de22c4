"""Units of work on users and their sessions."""

from ...kernel.ports import Audit
from ..encryption.sealer import Sealer
from .database import Scope
from .outbox import SqlOutbox
from .sessions import SqlSessionRepository
from .spent_codes import SqlSpentCodes as SqlSpentCodes  # its table is identity's too
from .users import SqlUserRepository


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
