"""What those see who run the service."""

import asyncio
from collections.abc import Callable

import httpx
import pytest

from app.kernel.errors import DatabaseUnavailable
from app.web.edge import Edge
from app.web.fastapi import health

from .conftest import Open
from .memory import Behind


async def test_the_process_lives_whatever_its_dependencies_do(
    client: httpx.AsyncClient, behind: Behind
) -> None:
    behind.ready = False

    answer = await client.get("/healthz")

    assert (answer.status_code, answer.json()["code"]) == (200, 200)


async def test_it_is_ready_when_its_stores_answer(client: httpx.AsyncClient) -> None:
    answer = await client.get("/readyz")

    assert (answer.status_code, answer.json()["data"]) == (200, None)


@pytest.mark.parametrize("ready", [False, DatabaseUnavailable("canary")])
async def test_it_is_not_when_they_do_not_and_says_no_more(
    client: httpx.AsyncClient, behind: Behind, ready: bool | Exception
) -> None:
    behind.ready = ready

    answer = await client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["data"] is None
    assert "canary" not in answer.text


async def test_stores_that_hang_are_not_waited_for(
    client: httpx.AsyncClient, behind: Behind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "READY_WITHIN_SECONDS", 0.01)

    async def hang() -> bool:
        await asyncio.Event().wait()
        return True

    monkeypatch.setattr(behind.application, "is_ready", hang)

    assert (await client.get("/readyz")).status_code == 503


async def test_a_process_that_drains_is_not_ready_but_lives(
    make_app: Callable[..., Edge],
) -> None:
    app = make_app()
    app.lifecycle.drain()
    transport = httpx.ASGITransport(app=app)

    async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as client:
        ready, alive = await client.get("/readyz"), await client.get("/healthz")

    assert (ready.status_code, alive.status_code) == (503, 200)
    assert alive.headers["connection"] == "close"


async def test_figures_are_prometheus_text(client: httpx.AsyncClient) -> None:
    answer = await client.get("/metrics")

    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert answer.text == "http_requests_total 1\n"


async def test_public_keys_are_shown_where_there_are_some(open_client: Open) -> None:
    keys = {"keys": [{"kty": "OKP", "kid": "1"}]}
    client = open_client(public_keys=lambda: keys)

    answer = await client.get("/.well-known/jwks.json")

    assert (answer.status_code, answer.json()) == (200, keys)
    assert answer.headers["cache-control"] == "public, max-age=300"


async def test_without_asymmetric_keys_there_is_nothing_to_show(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/.well-known/jwks.json")

    assert (answer.status_code, answer.json()["code"]) == (404, 404)
