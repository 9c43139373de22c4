"""A small real house for tokens: works over plain memory, one writer at a time, undone on error."""

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from joserfc.jwk import ECKey, OKPKey

from app.adapters.caching.memory import MemoryStore
from app.adapters.caching.policy import REVOCABLE
from app.adapters.caching.two_tier import TwoTierCache
from app.adapters.tokens.jwt import open_tokens
from app.adapters.tokens.jwt.settings import TokensSettings
from app.adapters.tokens.jwt.tokens import JwtTokens
from app.identity.domain import Session, SessionId, Standing, User, UserId, WeChatAccount
from app.kernel.audit import AuditEntry
from app.kernel.clock import Clock
from app.kernel.errors import AuditUnavailable
from app.kernel.ids import new_id

SECRET = bytes.fromhex("8f1d3b5a79c0e2446688aaccee0f21436587a9cbed0f32547698badcfe102b4d")
OTHER_SECRET = SECRET[::-1]
HS256_KEY = f"k1:HS256:active:{base64.b64encode(SECRET).decode()}"

_EC = ECKey.generate_key("P-256")
_ED = OKPKey.generate_key("Ed25519")


def entry(kid: str, alg: str, state: str, material: bytes) -> str:
    return f"{kid}:{alg}:{state}:{base64.b64encode(material).decode()}"


ES256_KEY = entry("e1", "ES256", "active", _EC.as_der(private=True))
EDDSA_KEY = entry("d1", "EdDSA", "active", _ED.as_pem(private=True))


def token_settings(**given: object) -> TokensSettings:
    wanted = {"signing_keys": HS256_KEY, "issuer": "shop", "audience": "mini-program"}
    return TokensSettings.model_validate({**wanted, **given})


def arrived(clock: Clock) -> User:
    account = WeChatAccount("wx1", "o-alice", None, "key")
    return User.arrive(UserId(new_id()), account, clock())


@dataclass
class Rows:
    """What a database would hold."""

    users: dict[UserId, User] = field(default_factory=dict)
    sessions: dict[SessionId, Session] = field(default_factory=dict)
    audit: list[AuditEntry] = field(default_factory=list)


class MemorySessions:
    """Fulfils `SessionRepository`; every step lets others run, as a real database would."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def knows(self, id: SessionId) -> bool:
        await asyncio.sleep(0)
        return id in self._rows.sessions

    async def get_for_update(self, id: SessionId) -> Session | None:
        await asyncio.sleep(0)
        return self._rows.sessions.get(id)

    async def add(self, session: Session) -> None:
        await self.save(session)

    async def save(self, session: Session) -> None:
        await asyncio.sleep(0)
        self._rows.sessions[session.id] = session

    async def alive(self, user_id: UserId, now: datetime) -> Sequence[Session]:
        mine = [s for s in self._rows.sessions.values() if s.user_id == user_id]
        return [session for session in reversed(mine) if session.is_alive(now)]

    async def standing(self, id: SessionId, now: datetime) -> Standing | None:
        await asyncio.sleep(0)
        session = self._rows.sessions.get(id)
        if session is None or not session.is_alive(now):
            return None
        user = self._rows.users[session.user_id]
        if user.disabled_at or user.erased_at:
            return None
        ends_at = min(session.expires_at, session.absolute_expires_at)
        return Standing(user.id, user.token_version, ends_at)

    async def is_disabled(self, user_id: UserId) -> bool:
        user = self._rows.users.get(user_id)
        return user is not None and user.disabled_at is not None

    async def revoke_all(self, user_id: UserId, reason: str, now: datetime) -> Sequence[SessionId]:
        user = self._rows.users[user_id]
        self._rows.users[user_id] = replace(user, token_version=user.token_version + 1)
        ended = await self.alive(user_id, now)
        for session in ended:
            await self.save(session.revoke(reason, now))
        return [session.id for session in ended]

    async def delete_all(self, user_id: UserId) -> Sequence[SessionId]:
        mine = [s.id for s in self._rows.sessions.values() if s.user_id == user_id]
        for id in mine:
            del self._rows.sessions[id]
        return mine


class MemoryWork:
    """Fulfils `SessionWork` and its `Audit`."""

    def __init__(self, rows: Rows, now: datetime, is_audit_away: bool) -> None:
        self.now = now
        self.sessions = MemorySessions(rows)
        self._rows = rows
        self._is_audit_away = is_audit_away

    @property
    def audit(self) -> "MemoryWork":
        return self

    async def record(self, entry: AuditEntry) -> None:
        if self._is_audit_away:
            raise AuditUnavailable
        self._rows.audit.append(entry)

    def note(self, entry: AuditEntry) -> None:
        self._rows.audit.append(entry)


class MemoryWorks:
    """Fulfils `Works[SessionWork]`; counts how often it was asked to read."""

    def __init__(self, clock: Clock) -> None:
        self.rows = Rows()
        self.reads = 0
        self.is_audit_away = False
        self.read_failure: Exception | None = None
        self._clock = clock
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[MemoryWork]:
        self.reads += 1
        if self.read_failure is not None:
            raise self.read_failure
        yield MemoryWork(self.rows, self._clock(), self.is_audit_away)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[MemoryWork]:
        async with self._turn:
            rows = Rows(dict(self.rows.users), dict(self.rows.sessions), list(self.rows.audit))
            yield MemoryWork(rows, self._clock(), self.is_audit_away)
            self.rows = rows


@dataclass
class TokenHouse:
    """One process that issues tokens; `works` may be shared with another."""

    tokens: JwtTokens
    works: MemoryWorks
    user: User

    async def sign_in(self, device: str = "phone") -> tuple[str, str]:
        """The access token and the refresh token."""
        async with self.works.begin() as work:
            grant = await self.tokens.issue(work, self.user, device)
        assert grant.refresh_token is not None
        return grant.access_token, grant.refresh_token

    async def refresh(self, presented: str, device: str = "phone") -> str:
        grant, _ = await self.tokens.refresh(presented, device)
        assert grant.refresh_token is not None
        return grant.refresh_token

    @property
    def session(self) -> Session:
        [session] = self.works.rows.sessions.values()
        return session

    def change_user(self, change: Callable[[User], User]) -> None:
        self.works.rows.users[self.user.id] = change(self.works.rows.users[self.user.id])


def open_token_house(
    clock: Clock, works: MemoryWorks | None = None, **settings: object
) -> TokenHouse:
    works = works or MemoryWorks(clock)
    standings = TwoTierCache(MemoryStore(clock, 1000), "standings", Standing, REVOCABLE, clock)
    tokens = open_tokens(token_settings(**settings), works, standings, clock)
    user = next(iter(works.rows.users.values()), None) or arrived(clock)
    works.rows.users[user.id] = user
    return TokenHouse(tokens, works, user)


async def gather_all(*answers: Awaitable[object]) -> list[object]:
    return list(await asyncio.gather(*answers, return_exceptions=True))
