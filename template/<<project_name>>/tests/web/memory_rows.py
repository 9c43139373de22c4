"""What a database would hold, kept in memory."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from app.identity.domain import (
    Session,
    SessionId,
    Standing,
    User,
    UserId,
)
from app.kernel.audit import AuditEntry
from app.kernel.events import Event
from app.orders.domain import Order, OrderId
from app.orders.ports import FirstAnswer


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Rows:
    """What a database would hold; fulfils all repositories at once."""

    users: dict[UUID, User] = field(default_factory=dict)
    sessions: dict[UUID, Session] = field(default_factory=dict)
    orders: dict[UUID, Order] = field(default_factory=dict)
    first_answers: dict[tuple[UUID, str], FirstAnswer] = field(default_factory=dict)
    audited: list[AuditEntry] = field(default_factory=list)
    published: list[Event] = field(default_factory=list)

    @contextmanager
    def undone_on_failure(self) -> Iterator[None]:
        before = {name: copy(value) for name, value in vars(self).items()}
        try:
            yield
        except BaseException:
            vars(self).update(before)
            raise


class Users:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def get(self, id: UserId) -> User | None:
        return self._rows.users.get(id)

    get_for_update = get

    async def find_by_openid(self, appid: str, openid: str) -> User | None:
        found = (u for u in self._rows.users.values() if u.wechat and u.wechat.openid == openid)
        return next(found, None)

    async def add(self, user: User) -> None:
        self._rows.users[user.id] = user

    save = add


class SessionRows:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def knows(self, id: SessionId) -> bool:
        return id in self._rows.sessions

    async def get_for_update(self, id: SessionId) -> Session | None:
        return self._rows.sessions.get(id)

    async def add(self, session: Session) -> None:
        self._rows.sessions[session.id] = session

    save = add

    async def alive(self, user_id: UserId, now: datetime) -> Sequence[Session]:
        mine = [s for s in self._rows.sessions.values() if s.user_id == user_id]
        return [s for s in reversed(mine) if s.is_alive(now)]

    async def standing(self, id: SessionId, now: datetime) -> Standing | None:
        session = self._rows.sessions.get(id)
        if session is None or not session.is_alive(now):
            return None
        return Standing(session.user_id, 1, session.expires_at)

    async def revoke_all(self, user_id: UserId, reason: str, now: datetime) -> Sequence[SessionId]:
        mine = await self.alive(user_id, now)
        for session in mine:
            await self.save(session.revoke(reason, now))
        return [session.id for session in mine]

    async def delete_all(self, user_id: UserId) -> Sequence[SessionId]:
        mine = [s.id for s in self._rows.sessions.values() if s.user_id == user_id]
        for id in mine:
            del self._rows.sessions[id]
        return mine


class OrderRows:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def get(self, id: OrderId, user_id: UUID | None = None) -> Order | None:
        order = self._rows.orders.get(id)
        if order is None or order.deleted_at or user_id not in (None, order.user_id):
            return None
        return order

    get_for_update = get

    async def add(self, order: Order) -> None:
        self._rows.orders[order.id] = order

    save = add

    async def list(
        self, user_id: UUID, status: str | None, before: OrderId | None, limit: int
    ) -> Sequence[Order]:
        newest_first = sorted(await self.all_of(user_id), key=lambda o: o.id, reverse=True)
        return [
            order
            for order in newest_first
            if status in (None, order.status) and (before is None or order.id < before)
        ][:limit]

    async def all_of(self, user_id: UUID) -> Sequence[Order]:
        mine = (o for o in self._rows.orders.values() if o.user_id == user_id)
        return [order for order in mine if not order.deleted_at]


class FirstAnswerRows:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def get_for_update(self, user_id: UUID, key: str, now: datetime) -> FirstAnswer | None:
        return self._rows.first_answers.get((user_id, key))

    async def keep(self, user_id: UUID, key: str, answer: FirstAnswer, now: datetime) -> None:
        self._rows.first_answers[user_id, key] = answer


class Trail:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def record(self, entry: AuditEntry) -> None:
        self._rows.audited.append(entry)

    def note(self, entry: AuditEntry) -> None:
        self._rows.audited.append(entry)


class Letters:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def publish(self, event: Event) -> None:
        self._rows.published.append(event)


class Work:
    def __init__(self, rows: Rows, now: datetime) -> None:
        self.now = now
        self.audit = Trail(rows)
        self.users = Users(rows)
        self.sessions = SessionRows(rows)
        self.orders = OrderRows(rows)
        self.first_answers = FirstAnswerRows(rows)
        self.outbox = Letters(rows)


class Works:
    """`failure` is raised by whoever opens the next work: the database being away, or busy."""

    def __init__(self, rows: Rows, clock: Clock) -> None:
        self._rows = rows
        self._clock = clock
        self.failure: BaseException | None = None
        self.opened = 0

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Any]:
        self.opened += 1
        if self.failure is not None:
            raise self.failure
        with self._rows.undone_on_failure():
            yield Work(self._rows, self._clock())

    read = begin
