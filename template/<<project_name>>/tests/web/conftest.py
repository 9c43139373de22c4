"""A web edge over a backend in memory, and clients of it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest

from app.web import create_app
from app.web.edge import Edge
from app.web.settings import LimitsSettings, WebSettings

from .memory import Behind

SignInAs = Callable[[str], Awaitable[dict[str, str]]]
Open = Callable[..., httpx.AsyncClient]


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
def make_app(behind: Behind) -> Callable[..., Edge]:
    """An app with these settings; `limits` and `public_keys` go where they belong."""

    def make(
        limits: LimitsSettings | None = None, public_keys: Any = None, **settings: Any
    ) -> Edge:
        return create_app(
            behind.application,
            WebSettings(**{"env": "test", **settings}),
            limits or LimitsSettings(),
            behind.counters,
            behind.metrics,
            public_keys=public_keys,
        )

    return make


@pytest.fixture
async def open_client(make_app: Callable[..., Edge]) -> AsyncIterator[Open]:
    """Clients of apps with other settings than `client`'s."""
    opened: list[httpx.AsyncClient] = []

    def open_one(peer: str = "203.0.113.7", **settings: Any) -> httpx.AsyncClient:
        app: Any = make_app(**settings)
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=(peer, 50000))
        english = {"Accept-Language": "en"}
        opened.append(
            httpx.AsyncClient(transport=transport, base_url="http://shop.test", headers=english)
        )
        return opened[-1]

    yield open_one
    for client in opened:
        await client.aclose()


@pytest.fixture
def client(open_client: Open) -> httpx.AsyncClient:
    return open_client()


@pytest.fixture
def sign_in(client: httpx.AsyncClient) -> SignInAs:
    """Signs somebody in and gives the headers that prove it."""
    numbers = iter(range(1, 1000))

    async def sign_in_as(user: str) -> dict[str, str]:
        code = f"{user}-{next(numbers)}"
        answer = await client.post("/api/v1/auth/wechat/login", json={"code": code})
        return {"Authorization": f"Bearer {answer.json()['data']['access_token']}"}

    return sign_in_as


@pytest.fixture
async def alice(sign_in: SignInAs) -> dict[str, str]:
    return await sign_in("alice")
