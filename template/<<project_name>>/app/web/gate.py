"""What every request passes before its handler runs, in the same order on every framework."""

from typing import Final, TypeVar

from pydantic import BaseModel

from ..identity.application import Sessions
from ..identity.domain import Caller
from ..kernel.errors import NotSignedIn
from .decoding import decode
from .exchange import Scope, header, visit_of
from .limits import Addresses, Limits
from .operations import Operation
from .schemas.auth import Refresh

Model = TypeVar("Model", bound=BaseModel)

TOKEN_LENGTH: Final = 4096


class Gate:
    """First who calls, then how often, and only then is the body read and looked at."""

    def __init__(
        self, sessions: Sessions, limits: Limits, addresses: Addresses, *, forbid_unknown: bool
    ) -> None:
        self._sessions = sessions
        self._limits = limits
        self._addresses = addresses
        self._forbid_unknown = forbid_unknown

    async def admit(self, operation: Operation, scope: Scope) -> None:
        """Raises NotSignedIn, the same for every reason, or TooMany."""
        visit = visit_of(scope)
        visit.operation = operation
        if operation.needs_sign_in:
            visit.caller = await self._sessions.authenticate(bearer(scope))
        if operation.limit is not None and operation.limit != "refresh":
            await self._limits.count(operation.limit, self._who(visit.caller, scope))

    async def decode(self, body: bytes, model: type[Model], scope: Scope) -> Model:
        """The body in the shape that an operation wants; raises BadInput, NotJson or TooMany."""
        content_type = header(scope, b"content-type")
        decoded = decode(body, content_type, model, forbid_unknown=self._forbid_unknown)
        if isinstance(decoded, Refresh):
            await self._limits.count("refresh", self._family_of(decoded, scope))
        return decoded

    def _family_of(self, body: Refresh, scope: Scope) -> str:
        """Unproven, as the limit must come first; what is no token counts for its sender."""
        return self._sessions.family_of(body.refresh_token) or self._addresses.of(scope)

    def _who(self, caller: Caller | None, scope: Scope) -> str:
        return str(caller.user_id) if caller else self._addresses.of(scope)


def bearer(scope: Scope) -> str:
    """The access token of RFC 6750, section 2.1; raises NotSignedIn."""
    given = [value for name, value in scope["headers"] if name == b"authorization"]
    if len(given) != 1 or len(given[0]) > TOKEN_LENGTH:
        raise NotSignedIn
    scheme, _, token = str(given[0], "latin-1").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotSignedIn
    return token.strip()
