"""A whole backend behind the web edge, kept in memory: the verbs are real, their ports small."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
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
    User,
    UserId,
    WeChatAccount,
)
from app.identity.errors import CodeInvalid, RefreshTokenInvalid
from app.identity.ports import ExportSection
from app.kernel.errors import BadInput, NotSignedIn
from app.kernel.ids import new_id
from app.kernel.money import Money
from app.orders.application import Orders, exported
from app.orders.domain import Line

from .memory_rows import Clock, Rows, Works

APPID = "wx0000000000000001"
HOUR = timedelta(hours=1)


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
