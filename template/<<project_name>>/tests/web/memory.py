"""A whole backend behind the web edge, kept in memory: the verbs are real, their ports small."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from app.application import Application
from app.identity.application import Accounts, Profiles, Sessions, SignIn
from app.identity.domain import (
    Caller,
    Grant,
    Session,
    SessionId,
    Standing,
    User,
    UserId,
    WeChatAccount,
)
from app.identity.errors import CodeInvalid, RefreshTokenInvalid
from app.identity.ports import ExportSection
from app.kernel.audit import AuditEntry
from app.kernel.errors import BadInput, NotSignedIn
from app.kernel.events import Event
from app.kernel.ids import new_id
from app.kernel.money import Money
from app.orders.application import Orders, exported
from app.orders.domain import Line, Order, OrderId
from app.orders.ports import FirstAnswer

APPID = "wx0000000000000001"
HOUR = timedelta(hours=1)


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


class Remembered:
    """Fulfils `Cache`, and forgets at once."""

    async def get(self, key: str, load: Callable[[], Awaitable[Any]]) -> Any:
        return await load()

    async def forget(self, *keys: str) -> None: ...


class Codes:
    def __init__(self) -> None:
        self._seen: set[str] = set()

    async def claim(self, code: str) -> bool:
        is_first = code not in self._seen
        self._seen.add(code)
        return is_first


class Platform:
    """WeChat: the code `alice-1` is alice's; `failure` is what it answers instead."""

    def __init__(self) -> None:
        self.failure: BaseException | None = None
        self.phones: dict[str, str] = {}

    def _answer(self) -> None:
        if self.failure is not None:
            raise self.failure

    async def exchange_code(self, code: str) -> WeChatAccount:
        self._answer()
        user, _, number = code.partition("-")
        if not number:
            raise CodeInvalid
        return WeChatAccount(APPID, f"o-{user}", f"u-{user}", "c2Vzc2lvbi1rZXktY2FuYXJ5")

    async def phone_number(self, code: str, openid: str) -> str:
        self._answer()
        return self.phones.get(code, "13800138000")

    def open_sealed_data(
        self, account: WeChatAccount, encrypted_data: str, iv: str, now: datetime
    ) -> dict[str, object]:
        self._answer()
        if encrypted_data != "sealed":
            raise BadInput
        return {"opened": True}

    def verify_raw_data(
        self, account: WeChatAccount, raw_data: str, signature: str
    ) -> dict[str, object]:
        self._answer()
        if signature != "signed":
            raise BadInput
        return {"raw": raw_data}


class Tickets:
    """Fulfils `Tokens`: `access.<session>.<n>` and `refresh.<session>.<n>`."""

    def __init__(self, works: Works) -> None:
        self._works = works
        self.failure: BaseException | None = None

    async def issue(self, work: Any, user: User, device: str) -> Grant:
        id, now = SessionId(new_id()), work.now
        grant = _grant(id, 1)
        hashed = _hash(grant.refresh_token)
        await work.sessions.add(
            Session(id, user.id, device, hashed, now, now, now + HOUR, now + 24 * HOUR)
        )
        return grant

    async def authenticate(self, presented: str) -> Caller:
        if self.failure is not None:
            raise self.failure
        kind, _, rest = presented.partition(".")
        id = _uuid(rest.partition(".")[0])
        async with self._works.read() as work:
            standing = await work.sessions.standing(id, work.now)
        if kind != "access" or standing is None:
            raise NotSignedIn(f"{kind} is no good")
        return Caller(standing.user_id, SessionId(id))

    async def refresh(self, presented: str, device: str) -> tuple[Grant, UserId]:
        if self.failure is not None:
            raise self.failure
        id = _uuid(presented.removeprefix("refresh.").partition(".")[0])
        async with self._works.begin() as work:
            session = await work.sessions.get_for_update(id)
            if session is None or session.token_hash != _hash(presented):
                raise RefreshTokenInvalid
            grant = _grant(session.id, int(presented.rpartition(".")[2]) + 1)
            await work.sessions.save(replace(session, token_hash=_hash(grant.refresh_token)))
        return grant, session.user_id

    def family(self, presented: str) -> str | None:
        kind, _, rest = presented.partition(".")
        return rest.partition(".")[0] if kind == "refresh" else None

    def public_keys(self) -> None: ...

    async def forget(self, *sessions: SessionId) -> None: ...


def _grant(id: SessionId, number: int) -> Grant:
    return Grant(f"access.{id}.{number}", 600, f"refresh.{id}.{number}", 86400)


def _hash(token: str | None) -> bytes:
    return sha256(str(token).encode()).digest()


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


class Shop:
    """Catalogue and stock."""

    async def prices(self, skus: Sequence[str]) -> Mapping[str, Money]:
        known = {"tea-1": Money(1999, "CNY"), "cup-1": Money(500, "CNY")}
        return {sku: known[sku] for sku in skus if sku in known}

    async def has_enough(self, lines: Sequence[Line]) -> bool:
        return sum(line.quantity for line in lines) <= 1000


class CountersInMemory:
    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    async def increment(self, key: str, window_seconds: int) -> tuple[int, int]:
        self.counts[key] = self.counts.get(key, 0) + 1
        return self.counts[key], window_seconds - 17


class MetricsInMemory:
    def __init__(self) -> None:
        self.in_flight = 0
        self.ended: list[tuple[str, str, int]] = []

    def request_began(self) -> None:
        self.in_flight += 1

    def request_ended(self, method: str, route: str, status: int, seconds: float) -> None:
        self.in_flight -= 1
        self.ended.append((method, route, status))

    def exposition(self) -> tuple[bytes, str]:
        return b"http_requests_total 1\n", "text/plain; version=0.0.4; charset=utf-8"


class Companion:
    def __init__(self) -> None:
        self.life: list[str] = []
        self.failure: BaseException | None = None

    async def start(self) -> None:
        if self.failure is not None:
            raise self.failure
        self.life.append("started")

    async def stop(self) -> None:
        self.life.append("stopped")


class Behind:
    """All that stands behind the edge, at hand for a test to turn."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.rows = Rows()
        self.works = Works(self.rows, self.clock)
        self.platform = Platform()
        self.tokens = Tickets(self.works)
        self.counters = CountersInMemory()
        self.metrics = MetricsInMemory()
        self.companion = Companion()
        self.ready: bool | BaseException = True
        self.orders = Orders(self.works, Shop(), Shop())
        self.application = self._application()

    def _application(self) -> Application:
        remembered = Remembered()
        verbs = [
            SignIn(Codes(), self.works, self.platform, self.tokens),
            Sessions(self.works, self.tokens),
            Profiles(self.works, self.platform, remembered),
            Accounts(self.works, self.tokens, remembered, [self._orders_of]),
            self.orders,
        ]
        return Application(verbs, [self.companion], self._is_ready, self._close)

    async def _orders_of(self, user_id: UserId) -> ExportSection:
        items = [exported(order) for order in await self.orders.all_of(user_id)]
        return ExportSection("orders", items)

    async def _is_ready(self) -> bool:
        if isinstance(self.ready, BaseException):
            raise self.ready
        return self.ready

    async def _close(self) -> None:
        self.companion.life.append("closed")
