"""Units of work of every module on one database, and the things that tests put into it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from app.adapters.persistence.database import Database, Scope, SqlWorks
from app.adapters.persistence.identity import SqlIdentityWork, SqlSessionWork
from app.adapters.persistence.inventory import SqlInventoryWork
from app.adapters.persistence.orders import SqlOrderWork
from app.identity.domain import Session, SessionId, User, UserId, WeChatAccount
from app.identity.ports import IdentityWork, SessionWork
from app.inventory.ports import InventoryWork
from app.kernel.audit import AuditEntry
from app.kernel.clock import Clock
from app.kernel.events import Event
from app.kernel.ids import new_id
from app.kernel.money import Money
from app.kernel.ports import Works
from app.orders.domain import Line, Order, OrderId
from app.orders.ports import OrderWork
from tests.unit.key_doubles import sealer

T = TypeVar("T")
APPID = "wx0000000000000001"


class Notebook:
    """Fulfils `Audit`: remembers what it is told."""

    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []

    async def record(self, entry: AuditEntry) -> None:
        self.entries.append(entry)

    def note(self, entry: AuditEntry) -> None:
        self.entries.append(entry)


class Stores:
    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock
        self._audit = Notebook()
        seals = sealer()
        self.sessions: Works[SessionWork] = self._works(
            lambda scope: SqlSessionWork(scope, self._audit)
        )
        self.identity: Works[IdentityWork] = self._works(
            lambda scope: SqlIdentityWork(scope, self._audit, seals)
        )
        self.orders: Works[OrderWork] = self._works(lambda scope: SqlOrderWork(scope, self._audit))
        self.inventory: Works[InventoryWork] = self._works(
            lambda scope: SqlInventoryWork(scope, self._audit)
        )

    async def user(self, openid: str = "oAlice", phone: str | None = None) -> User:
        """One that is stored."""
        user = replace(User.arrive(UserId(new_id()), account(openid), self.clock()), phone=phone)
        async with self.identity.begin() as work:
            await work.users.add(user)
        return user

    async def session(self, user: User, *, alive_for: timedelta = timedelta(days=7)) -> Session:
        """One that is stored."""
        now = self.clock()
        session = Session(
            id=SessionId(new_id()),
            user_id=user.id,
            device="phone",
            token_hash=bytes(32),
            created_at=now,
            last_seen_at=now,
            expires_at=now + alive_for,
            absolute_expires_at=now + timedelta(days=30),
        )
        async with self.sessions.begin() as work:
            await work.sessions.add(session)
        return session

    async def order(self, user: User, *skus: str) -> Order:
        """One that is stored."""
        order = self.new_order(user.id, *skus)
        async with self.orders.begin() as work:
            await work.orders.add(order)
        return order

    def new_order(self, user_id: UUID, *skus: str) -> Order:
        lines = [Line(sku, 2) for sku in skus or ("tea-1",)]
        prices = {line.sku: Money(1999, "CNY") for line in lines}
        return Order.place(OrderId(new_id()), user_id, lines, prices, self.clock())

    def event(self, subject: UUID | None = None, name: str = "orders.confirmed") -> Event:
        return Event(new_id(), name, subject or new_id(), self.clock(), {"items": [{"a": 1}]})

    async def publish(self, *events: Event) -> None:
        async with self.orders.begin() as work:
            for event in events:
                await work.outbox.publish(event)

    def _works(self, build: Callable[[Scope], T]) -> SqlWorks[T]:
        async def prepare() -> Callable[[Scope], T]:
            return build

        ready: Callable[[], Awaitable[Callable[[Scope], T]]] = prepare
        return SqlWorks(self.database, self.clock, ready)


def account(openid: str = "oAlice", *, appid: str = APPID) -> WeChatAccount:
    return WeChatAccount(appid, openid, f"u-{openid}", "c2Vzc2lvbi1rZXk=")
