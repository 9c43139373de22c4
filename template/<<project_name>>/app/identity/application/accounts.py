"""What is done to a whole account: taking it home, erasing it, switching it off and on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from ...kernel.audit import AuditEntry
from ...kernel.ports import Cache, Works
from ..domain import Profile, Session, SessionId, User, UserId
from ..ports import ExportSection, IdentityWork, Tokens, UserData
from .profiles import present

OPERATOR = "operator"
"""The actor of what is done from the command line."""

Actor = UserId | Literal["operator"]


@dataclass(frozen=True, slots=True)
class Export:
    """All that is kept about a user, in full."""

    user: User = field(repr=False)
    sessions: Sequence[Session]
    sections: Sequence[ExportSection] = field(repr=False)


class Accounts:
    def __init__(
        self,
        works: Works[IdentityWork],
        tokens: Tokens,
        remembered: Cache[Profile],
        elsewhere: Sequence[UserData],
    ) -> None:
        self._works = works
        self._tokens = tokens
        self._remembered = remembered
        self._elsewhere = elsewhere

    async def export(self, user_id: UserId) -> Export:
        """Raises UserNotFound; audited before anything is handed out."""
        async with self._works.begin() as work:
            user = present(await work.users.get(user_id))
            sessions = await work.sessions.alive(user_id, work.now)
            await work.audit.record(AuditEntry("identity.export", str(user_id), str(user_id)))
        sections = [await user_data(user_id) for user_data in self._elsewhere]
        return Export(user, sessions, sections)

    async def erase(self, user_id: UserId, actor: Actor) -> None:
        """Sealed values, indexes, sessions and caches go now, what other modules keep soon after.

        The id stays behind what is kept for the books.
        Raises UserNotFound, also the second time.
        """
        async with self._works.begin() as work:
            user = present(await work.users.get_for_update(user_id))
            erased, event = user.erase(work.now)
            await work.users.save(erased)
            await work.outbox.publish(event)
            ended = await work.sessions.delete_all(user_id)
            await work.audit.record(AuditEntry("identity.erase", str(actor), str(user_id)))
        await self._forget(user_id, ended)

    async def disable(self, user_id: UserId) -> None:
        """Signs the user out everywhere and lets them in no more; raises UserNotFound."""
        async with self._works.begin() as work:
            user = present(await work.users.get_for_update(user_id))
            await work.users.save(user.disable(work.now))
            ended = await work.sessions.revoke_all(user_id, "disabled", work.now)
            await work.audit.record(AuditEntry("identity.disable", OPERATOR, str(user_id)))
        await self._forget(user_id, ended)

    async def enable(self, user_id: UserId) -> None:
        """Raises UserNotFound."""
        async with self._works.begin() as work:
            user = present(await work.users.get_for_update(user_id))
            await work.users.save(user.enable(work.now))
            await work.audit.record(AuditEntry("identity.enable", OPERATOR, str(user_id)))

    async def show(self, user_id: UserId) -> User:
        """For operators, audited; raises UserNotFound."""
        async with self._works.begin() as work:
            user = present(await work.users.get(user_id))
            await work.audit.record(AuditEntry("identity.show", OPERATOR, str(user_id)))
        return user

    async def list(self, after: UserId | None, limit: int) -> Sequence[User]:
        """For operators, oldest first, audited."""
        async with self._works.begin() as work:
            users = await work.users.list(after, limit)
            details = {"count": str(len(users))}
            await work.audit.record(
                AuditEntry("identity.list", OPERATOR, OPERATOR, details=details)
            )
        return users

    async def _forget(self, user_id: UserId, sessions: Sequence[SessionId]) -> None:
        await self._tokens.forget(*sessions)
        await self._remembered.forget(str(user_id))
