"""Staying signed in, seeing where, and signing out."""

from collections.abc import Mapping, Sequence

from ...kernel.audit import AuditEntry
from ...kernel.errors import NotFound
from ...kernel.ports import Works
from ..domain import Caller, Grant, Session, SessionId, UserId
from ..ports import SessionWork, Tokens


class Sessions:
    def __init__(self, works: Works[SessionWork], tokens: Tokens) -> None:
        self._works = works
        self._tokens = tokens

    async def authenticate(self, access_token: str) -> Caller:
        """Raises NotSignedIn, the same for every reason."""
        return await self._tokens.authenticate(access_token)

    async def refresh(self, refresh_token: str, device: str) -> tuple[Grant, UserId]:
        """Raises RefreshTokenInvalid, UserDisabled or NoRefreshTokens."""
        return await self._tokens.refresh(refresh_token, device)

    def family_of(self, refresh_token: str) -> str | None:
        """What refreshes are counted by; unproven, and `None` for what is no refresh token."""
        return self._tokens.family(refresh_token)

    def public_keys(self) -> Mapping[str, object] | None:
        """A JWK set for others who verify access tokens; `None` where nobody else can."""
        return self._tokens.public_keys()

    async def alive(self, caller: Caller) -> Sequence[Session]:
        """The caller's devices, the newest sign-in first."""
        async with self._works.read() as work:
            return await work.sessions.alive(caller.user_id, work.now)

    async def sign_out(self, caller: Caller) -> None:
        await self.end(caller, caller.session_id, reason="logout")

    async def sign_out_everywhere(self, caller: Caller) -> None:
        async with self._works.begin() as work:
            ended = await work.sessions.revoke_all(caller.user_id, "logout_all", work.now)
            await work.audit.record(_entry("identity.sign_out_everywhere", caller))
        await self._tokens.forget(*ended)

    async def end(self, caller: Caller, id: SessionId, *, reason: str = "ended_by_user") -> None:
        """Raises NotFound for a session that is over, or another user's."""
        async with self._works.begin() as work:
            session = await work.sessions.get_for_update(id)
            if session is None or session.user_id != caller.user_id:
                raise NotFound
            if not session.is_alive(work.now):
                raise NotFound
            await work.sessions.save(session.revoke(reason, work.now))
            await work.audit.record(_entry("identity.end_session", caller, reason))
        await self._tokens.forget(id)


def _entry(action: str, caller: Caller, reason: str | None = None) -> AuditEntry:
    user = str(caller.user_id)
    return AuditEntry(action, user, user, details={"reason": reason} if reason else {})
