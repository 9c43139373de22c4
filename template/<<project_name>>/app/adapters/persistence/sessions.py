"""Sessions as they are stored: families of refresh tokens and server-side sessions alike."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    Uuid,
    and_,
    delete,
    insert,
    select,
    update,
)

from ...identity.domain import DEVICE_LENGTH, Session, SessionId, Standing, UserId
from .columns import Identifier, UtcTime
from .database import Scope
from .schema import metadata
from .users import users

sessions = Table(
    "sessions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("user_id", ForeignKey(users.c.id), nullable=False),
    Column("device", String(DEVICE_LENGTH), nullable=False),
    Column("token_hash", LargeBinary(32), nullable=False),
    Column("previous_hash", LargeBinary(32)),
    Column("created_at", UtcTime, nullable=False),
    Column("last_seen_at", UtcTime, nullable=False),
    Column("rotated_at", UtcTime),
    Column("expires_at", UtcTime, nullable=False),
    Column("absolute_expires_at", UtcTime, nullable=False),
    Column("revoked_at", UtcTime),
    Column("revoked_reason", Identifier(32)),
    Index(None, "user_id", "created_at"),
)


class SqlSessionRepository:
    """Fulfils `SessionRepository`."""

    def __init__(self, scope: Scope) -> None:
        self._connection = scope.connection
        self._now = scope.now

    async def get_for_update(self, id: SessionId) -> Session | None:
        found = select(sessions).where(sessions.c.id == id).with_for_update()
        row = (await self._connection.execute(found)).one_or_none()
        return None if row is None else Session(**row._mapping)

    async def add(self, session: Session) -> None:
        """The user's sessions that are long over make room; no token of theirs can be valid."""
        over = sessions.c.user_id == session.user_id, sessions.c.absolute_expires_at < self._now
        await self._connection.execute(delete(sessions).where(*over))
        await self._connection.execute(insert(sessions).values(_row(session)))

    async def save(self, session: Session) -> None:
        change = update(sessions).where(sessions.c.id == session.id).values(_row(session))
        await self._connection.execute(change)

    async def alive(self, user_id: UserId, now: datetime) -> Sequence[Session]:
        newest_first = sessions.c.created_at.desc(), sessions.c.id.desc()
        found = select(sessions).where(sessions.c.user_id == user_id, _is_alive(now))
        rows = await self._connection.execute(found.order_by(*newest_first))
        return [Session(**row._mapping) for row in rows]

    async def standing(self, id: SessionId, now: datetime) -> Standing | None:
        columns = (
            users.c.id,
            users.c.token_version,
            sessions.c.expires_at,
            sessions.c.absolute_expires_at,
        )
        found = (
            select(*columns)
            .join_from(sessions, users)
            .where(sessions.c.id == id, _is_alive(now))
            .where(users.c.disabled_at.is_(None), users.c.erased_at.is_(None))
        )
        row = (await self._connection.execute(found)).one_or_none()
        if row is None:
            return None
        ends_at = min(row.expires_at, row.absolute_expires_at)
        return Standing(UserId(row.id), row.token_version, ends_at)

    async def knows(self, id: SessionId) -> bool:
        found = select(sessions.c.id).where(sessions.c.id == id)
        return (await self._connection.execute(found)).first() is not None

    async def is_disabled(self, user_id: UserId) -> bool:
        found = select(users.c.disabled_at).where(users.c.id == user_id)
        return (await self._connection.execute(found)).scalar_one_or_none() is not None

    async def revoke_all(self, user_id: UserId, reason: str, now: datetime) -> Sequence[SessionId]:
        await self._raise_token_version(user_id)
        alive = await self._ids(and_(sessions.c.user_id == user_id, _is_alive(now)))
        change = update(sessions).where(sessions.c.id.in_(alive))
        await self._connection.execute(change.values(revoked_at=now, revoked_reason=reason))
        return alive

    async def delete_all(self, user_id: UserId) -> Sequence[SessionId]:
        await self._raise_token_version(user_id)
        all_of_user = await self._ids(sessions.c.user_id == user_id)
        await self._connection.execute(delete(sessions).where(sessions.c.user_id == user_id))
        return all_of_user

    async def _raise_token_version(self, user_id: UserId) -> None:
        """First, because it locks the user: nobody signs in until the work ends."""
        change = update(users).where(users.c.id == user_id)
        await self._connection.execute(change.values(token_version=users.c.token_version + 1))

    async def _ids(self, which: ColumnElement[bool]) -> list[SessionId]:
        found = await self._connection.execute(select(sessions.c.id).where(which).with_for_update())
        return [SessionId(id) for id in found.scalars()]


def _is_alive(now: datetime) -> ColumnElement[bool]:
    """The same as `Session.is_alive`."""
    return and_(
        sessions.c.revoked_at.is_(None),
        sessions.c.expires_at > now,
        sessions.c.absolute_expires_at > now,
    )


def _row(session: Session) -> dict[str, Any]:
    return {field.name: getattr(session, field.name) for field in fields(session)}
