"""What the edge does for every request: ids, limits of bodies, headers."""

from collections.abc import Callable

import httpx
import pytest

from app.kernel.request import request_id
from app.web.edge import Edge

from .conftest import Open
from .wire import speak

API = "/api/v1"
LOGIN = f"{API}/auth/wechat/login"
ME = f"{API}/users/me"
JSON = [("Content-Type", "application/json")]

Headers = dict[str, str]
MakeApp = Callable[..., Edge]


@pytest.mark.parametrize("given", ["a", "A.b_c-9", "x" * 64])
async def test_a_caller_s_own_request_id_is_kept(client: httpx.AsyncClient, given: str) -> None:
    answer = await client.get("/nothing", headers={"X-Request-Id": given})

    assert answer.headers["x-request-id"] == answer.json()["request_id"] == given


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a\tb", "<a>", "a/b", "a\u00e9", "a\n"])
async def test_any_other_request_id_is_replaced(make_app: MakeApp, given: str) -> None:
    heard = await speak(make_app(), "GET", "/nothing", headers=[("X-Request-Id", given)])

    assert heard.headers["x-request-id"] == heard.json["request_id"]
    assert len(heard.json["request_id"]) == 36


async def test_every_request_has_an_id_of_its_own(client: httpx.AsyncClient) -> None:
    answers = [await client.get("/healthz") for _ in range(3)]

    assert len({answer.json()["request_id"] for answer in answers}) == 3
    assert request_id.get() == ""


async def test_a_body_of_one_mebibyte_is_read_and_no_byte_more(make_app: MakeApp) -> None:
    limit = 1024 * 1024

    read = await speak(make_app(), "POST", LOGIN, [b" " * limit], headers=JSON)
    refused = await speak(make_app(), "POST", LOGIN, [b" " * (limit + 1)], headers=JSON)

    assert (read.status, refused.status, refused.json["code"]) == (400, 413, 413)


async def test_a_body_in_many_pieces_is_cut_off_at_the_limit(make_app: MakeApp) -> None:
    app = make_app(body_limit_bytes=1000)

    heard = await speak(app, "POST", LOGIN, [b" " * 10] * 200, headers=JSON, then="silence")

    assert (heard.status, heard.json["code"]) == (413, 413)
    assert heard.headers["connection"] == "close"


async def test_a_body_that_declares_too_much_is_not_even_awaited(make_app: MakeApp) -> None:
    declared = [*JSON, ("Content-Length", "1048577")]

    heard = await speak(make_app(), "POST", LOGIN, [], headers=declared, then="silence")

    assert heard.status == 413


async def test_a_body_that_does_not_arrive_is_408(make_app: MakeApp) -> None:
    app = make_app(body_deadline_seconds=0.02)

    heard = await speak(app, "POST", LOGIN, [b'{"code":'], headers=JSON, then="silence")

    assert (heard.status, heard.json["code"]) == (408, 408)
    assert heard.headers["connection"] == "close"


async def test_later_versions_of_http_have_no_connection_header(make_app: MakeApp) -> None:
    app = make_app(body_deadline_seconds=0.02)

    heard = await speak(app, "POST", LOGIN, [], headers=JSON, then="silence", http_version="2")

    assert heard.status == 408
    assert "connection" not in heard.headers


async def test_every_answer_has_the_security_headers(
    client: httpx.AsyncClient, alice: Headers
) -> None:
    answers = [
        await client.get(ME, headers=alice),
        await client.get("/nothing"),
        await client.patch(ME),
        await client.post(LOGIN, content=b"x" * 2**21),
        await client.get("/docs"),
    ]

    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["server"] == "app"
        assert "strict-transport-security" not in answer.headers


async def test_production_insists_on_tls(open_client: Open) -> None:
    answer = await open_client(env="production").get("/healthz")

    assert answer.headers["strict-transport-security"] == "max-age=31536000"
