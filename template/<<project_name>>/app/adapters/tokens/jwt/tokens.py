"""Signing in, staying in and being put out, with signed access and rotating refresh tokens."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from secrets import token_bytes
from typing import Final
from uuid import UUID

from ....identity.domain import (
    DEVICE_LENGTH,
    Caller,
    Grant,
    Session,
    SessionId,
    Standing,
    User,
    UserId,
)
from ....identity.errors import RefreshTokenInvalid, UserDisabled
from ....identity.ports import SessionWork
from ....kernel.audit import AuditEntry
from ....kernel.clock import Clock
from ....kernel.errors import NotSignedIn
from ....kernel.ids import new_id
from ....kernel.ports import Cache, Works
from .access_token import AccessToken, AccessTokens
from .codec import base64url, from_base64url

_PREFIX: Final = "rt_"
_LENGTH: Final = 69
"""`rt_`, 22 characters of id, a dot, 43 of secret."""

_ID_BYTES: Final = 16
_SECRET_BYTES: Final = 32

Refusal = RefreshTokenInvalid | UserDisabled


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """Opaque: which sign-in it belongs to, and a secret that is spent once."""

    session_id: SessionId
    secret: bytes = field(repr=False)

    @classmethod
    def fresh(cls, session_id: SessionId) -> "RefreshToken":
        return cls(session_id, token_bytes(_SECRET_BYTES))

    @classmethod
    def read(cls, text: str) -> "RefreshToken | None":
        """`None` for whatever `text` never wrote."""
        if len(text) != _LENGTH or not text.startswith(_PREFIX):
            return None
        try:
            id, secret = map(from_base64url, text.removeprefix(_PREFIX).split("."))
        except ValueError:
            return None
        if len(id) != _ID_BYTES or len(secret) != _SECRET_BYTES:
            return None
        return cls(SessionId(UUID(bytes=id)), secret)

    @property
    def text(self) -> str:
        return f"{_PREFIX}{base64url(self.session_id.bytes)}.{base64url(self.secret)}"

    @property
    def hash(self) -> bytes:
        """What is stored; 256 random bits need neither salt nor slowness."""
        return sha256(self.secret).digest()


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """Of a family of refresh tokens: unused, altogether, and of one whose successor got lost."""

    idle: timedelta
    absolute: timedelta
    grace: timedelta


class JwtTokens:
    """Fulfils `identity.ports.Tokens`; one session is one family of refresh tokens."""

    def __init__(
        self,
        access_tokens: AccessTokens,
        works: Works[SessionWork],
        standings: Cache[Standing],
        clock: Clock,
        lifetimes: Lifetimes,
    ) -> None:
        self._access_tokens = access_tokens
        self._works = works
        self._standings = standings
        self._clock = clock
        self._lifetimes = lifetimes

    async def issue(self, work: SessionWork, user: User, device: str) -> Grant:
        refresh_token = RefreshToken.fresh(SessionId(new_id()))
        session = self._start(refresh_token, user.id, device, work.now)
        await work.sessions.add(session)
        return self._grant(session, refresh_token, user.token_version, work.now)

    async def authenticate(self, presented: str) -> Caller:
        now = self._clock()
        token = self._access_tokens.read(presented, now)

        async def load() -> Standing | None:
            async with self._works.read() as work:
                return await work.sessions.standing(token.session_id, work.now)

        standing = await self._standings.get(str(token.session_id), load)
        if standing is None or not _agree(token, standing, now):
            raise NotSignedIn
        return Caller(token.user_id, token.session_id)

    async def refresh(self, presented: str, device: str) -> tuple[Grant, UserId]:
        """Theft is raised after the work, so that what it revoked stays revoked."""
        token = RefreshToken.read(presented)
        if token is None or not await self._is_of_ours(token):
            raise RefreshTokenInvalid
        async with self._works.begin() as work:
            answer = await self._rotate(work, token, device)
        await self.forget(token.session_id)
        if isinstance(answer, Refusal):
            raise answer
        return answer

    async def forget(self, *sessions: SessionId) -> None:
        await self._standings.forget(*map(str, sessions))

    def family(self, presented: str) -> str | None:
        token = RefreshToken.read(presented)
        return str(token.session_id) if token else None

    def public_keys(self) -> Mapping[str, object] | None:
        return self._access_tokens.public_keys()

    async def _is_of_ours(self, token: RefreshToken) -> bool:
        """Asked first, so that made-up tokens never take a turn of those who write."""
        async with self._works.read() as work:
            return await work.sessions.knows(token.session_id)

    async def _rotate(
        self, work: SessionWork, token: RefreshToken, device: str
    ) -> tuple[Grant, UserId] | Refusal:
        session = await work.sessions.get_for_update(token.session_id)
        if session is None:
            return RefreshTokenInvalid()
        fresh = RefreshToken.fresh(session.id)
        turned, meaning = session.rotate(
            token.hash,
            fresh.hash,
            work.now,
            grace=self._lifetimes.grace,
            idle=self._lifetimes.idle,
        )
        if meaning == "stolen":
            await work.sessions.save(turned)
            await work.audit.record(_theft(session))
            return RefreshTokenInvalid()
        standing = await work.sessions.standing(session.id, work.now)
        if meaning == "ended" or standing is None:
            return await _refusal(work, session, token)
        await work.sessions.save(replace(turned, device=device[:DEVICE_LENGTH] or session.device))
        return self._grant(turned, fresh, standing.token_version, work.now), session.user_id

    def _start(
        self, refresh_token: RefreshToken, user_id: UserId, device: str, now: datetime
    ) -> Session:
        return Session(
            id=refresh_token.session_id,
            user_id=user_id,
            device=device[:DEVICE_LENGTH],
            token_hash=refresh_token.hash,
            created_at=now,
            last_seen_at=now,
            expires_at=now + self._lifetimes.idle,
            absolute_expires_at=now + self._lifetimes.absolute,
        )

    def _grant(
        self, session: Session, refresh_token: RefreshToken, token_version: int, now: datetime
    ) -> Grant:
        access_token = AccessToken(session.user_id, session.id, token_version)
        return Grant(
            access_token=self._access_tokens.write(access_token, now),
            expires_in=self._access_tokens.lifetime_seconds,
            refresh_token=refresh_token.text,
            refresh_expires_in=int((session.expires_at - now).total_seconds()),
        )


def _agree(token: AccessToken, standing: Standing, now: datetime) -> bool:
    return (
        standing.user_id == token.user_id
        and standing.token_version == token.token_version
        and now < standing.expires_at
    )


async def _refusal(work: SessionWork, session: Session, token: RefreshToken) -> Refusal:
    """Only who holds the family's own token learns that its user is switched off."""
    is_theirs = compare_digest(token.hash, session.token_hash)
    if is_theirs and await work.sessions.is_disabled(session.user_id):
        return UserDisabled()
    return RefreshTokenInvalid()


def _theft(session: Session) -> AuditEntry:
    user = str(session.user_id)
    return AuditEntry("identity.refresh_reuse", user, user, "refused", {"reason": "reuse"})
