"""A whole backend in this process, seen the way a client and an operator see it."""

from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import ColumnElement, Table, select, type_coerce, update
from sqlalchemy.types import LargeBinary

from app.adapters.encryption.ports import KeyService, Wrapped
from app.adapters.events.relay import OutboxRelay
from app.adapters.persistence.columns import SealedBytes
from app.adapters.persistence.orders import SqlOrderWork
from app.adapters.persistence.schema import metadata
from app.application import Application
from app.bootstrap import House, build, open_house
from app.identity.application import Accounts
from app.identity.domain import UserId
from app.kernel.clock import Clock
from app.kernel.errors import KeyServiceUnavailable
from app.kernel.ports import Works
from app.main import open_web
from app.orders.ports import OrderWork
from app.settings import Settings
from sandbox import Sandbox

API = "/api/v1"


class NoKeyService:
    """A key service that cannot be reached; fulfils `KeyService`."""

    async def wrap(self, key: bytes, context: Mapping[str, str]) -> Wrapped:
        raise KeyServiceUnavailable

    async def unwrap(self, wrapped: Wrapped, context: Mapping[str, str]) -> bytes:
        raise KeyServiceUnavailable

    async def describe(self) -> str:
        raise KeyServiceUnavailable


@dataclass
class Backend:
    """One process of the service; `answers` keeps the text of all that it said."""

    house: House
    application: Application
    client: httpx.AsyncClient
    sandbox: Sandbox
    answers: list[str] = field(default_factory=list)

    async def call(
        self, method: str, path: str, token: str | None = None, body: object = None, **more: Any
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= more.pop("headers", {})
        if body is not None:
            more["json"] = body
        answer = await self.client.request(method, API + path, headers=headers, **more)
        self.answers.append(answer.text)
        return answer

    async def login(self, code: str) -> httpx.Response:
        return await self.call("POST", "/auth/wechat/login", body={"code": code})

    async def login_as(self, user: str) -> httpx.Response:
        return await self.login(self.sandbox.code(user))

    async def sign_in(self, user: str) -> "Member":
        answer = await self.login_as(user)
        assert answer.status_code == 200, answer.text
        return Member(self, answer.json()["data"])

    async def refresh(self, refresh_token: str) -> httpx.Response:
        return await self.call("POST", "/auth/refresh", body={"refresh_token": refresh_token})

    async def living_refresh_tokens(self, given: Sequence[str]) -> int:
        """How many of these are some session's current token, without presenting them."""
        hashes = {_hash_of(token) for token in given}
        alive = [row for row in await self.rows("sessions") if row["revoked_at"] is None]
        return sum(bytes(row["token_hash"]) in hashes for row in alive)

    async def disable(self, member: "Member") -> None:
        await self.application.of(Accounts).disable(member.id)

    async def enable(self, member: "Member") -> None:
        await self.application.of(Accounts).enable(member.id)

    async def deliver_events(self) -> int:
        """Until none is left that is due; says how many left."""
        [relay] = [c for c in self.application.companions if isinstance(c, OutboxRelay)]
        return await relay.drain()

    async def forget_deliveries(self) -> None:
        """As if the process had died after each delivery and before noting it."""
        outbox = metadata.tables["outbox"]
        async with self.house.database.writing() as connection:
            await connection.execute(update(outbox).values(delivered_at=None))

    def order_works(self) -> Works[OrderWork]:
        return self.house.works(SqlOrderWork)

    async def in_stock(self, sku: str) -> int:
        [row] = [row for row in await self.rows("products") if row["sku"] == sku]
        return int(row["in_stock"])

    async def flush_notes(self) -> None:
        """Writes what waits beside the requests."""
        await self.house.trail.start()
        await self.house.trail.stop()

    async def audited_actions(self) -> list[str]:
        return [row["action"] for row in await self.rows("audit")]

    async def rows(self, table: str) -> Sequence[Mapping[str, Any]]:
        async with self.house.database.reading() as connection:
            return (await connection.execute(select(metadata.tables[table]))).mappings().all()

    async def stored_bytes(self) -> bytes:
        """All that the database holds, as a thief of it would find it."""
        async with self.house.database.reading() as connection:
            found = [
                value
                for table in metadata.sorted_tables
                for row in await connection.execute(select(*_as_stored(table)))
                for value in row
            ]
        return b"\n".join(_bytes_of(value) for value in found)

    @property
    def wechat_secret(self) -> str:
        return self.house.settings.wechat.secret.get_secret_value()


@dataclass
class Member:
    """Somebody who is signed in to a backend."""

    backend: Backend
    grant: Mapping[str, Any]

    @property
    def access_token(self) -> str:
        return str(self.grant["access_token"])

    @property
    def refresh_token(self) -> str:
        return str(self.grant["refresh_token"])

    @property
    def id(self) -> UserId:
        return UserId(UUID(self.grant["user"]["id"]))

    async def call(
        self, method: str, path: str, body: object = None, **more: Any
    ) -> httpx.Response:
        return await self.backend.call(method, path, self.access_token, body, **more)

    async def get(self, path: str) -> Any:
        return _data_of(await self.call("GET", path))

    async def post(self, path: str, body: object = None) -> Any:
        return _data_of(await self.call("POST", path, body))

    async def delete(self, path: str) -> Any:
        return _data_of(await self.call("DELETE", path))


@asynccontextmanager
async def open_backend(
    settings: Settings, clock: Clock, sandbox: Sandbox, key_service: KeyService | None = None
) -> AsyncIterator[Backend]:
    """One process; its companions stand still, so that tests say when events leave."""
    house = open_house(settings, clock, key_service=key_service)
    application = build(house)
    transport = httpx.ASGITransport(app=open_web(house, application), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield Backend(house, application, client, sandbox)
    await house.close()


def _data_of(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def _hash_of(refresh_token: str) -> bytes:
    secret = refresh_token.rsplit(".", 1)[1]
    return sha256(urlsafe_b64decode(secret + "=" * (-len(secret) % 4))).digest()


def _as_stored(table: Table) -> list[ColumnElement[Any]]:
    """Sealed values as the bytes that they are in the database."""
    return [
        type_coerce(column, LargeBinary) if isinstance(column.type, SealedBytes) else column
        for column in table.c
    ]


def _bytes_of(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
