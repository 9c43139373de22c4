"""Whatever is sent, no answer is a 5xx, breaks the envelope, or tells anything of the inside."""

import json
import os
import re
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.web.operations import OPERATIONS
from app.web.settings import LimitsSettings

from .conftest import Open, SignInAs

SCALE = 14 if os.environ.get("TEST_STRICT") else 1
"""Strictly it is ten thousand requests and more, over all routes that take a body."""

JSON = {"Content-Type": "application/json"}

INSIDE = re.compile(r"Traceback|File \"|SELECT |INSERT |/app/|\.py\b|pydantic|starlette|fastapi")

BROKEN = [
    b"", b" ", b"{", b"}", b"[", b"]", b"[1", b"[1,", b"[,1]", b"[1,,2]", b"[1 2]", b"{,}",
    b'{"a"', b'{"a":', b'{"a":1,}', b'{"a" 1}', b"{1:1}", b"{a:1}", b"{'a':1}", b'{"a":1 "b":2}',
    b"nul", b"True", b"undefined", b"NaN", b"-Infinity", b"+1", b"01", b"1.", b".1", b"1e", b"0x1",
    b"-", b"--1", b"1_000", b'"', b'"a', b'"\\x"', b'"\\u12"', b'"\\uD800\\u"', b'"\t"', b'"\x00"',
    b'"\n"', b"{}{}", b"{} x", b"// c\n{}", b"/**/{}", b"\xef\xbb\xbf{}", b"\xff\xfe{\x00}\x00",
    b"\xff", b'"\xc0\xaf"', b'"\xed\xa0\x80"', b'"\xf4\x90\x80\x80"', b"{\x00}", b"\x00",
    b"[" * 100_000, b'{"a":' * 100_000, b"[" * 33 + b"]" * 33, b"9" * 100_000, b"1e99999",
    b'{"a":1,"a":2}', b'{"code":"x","code":"y"}', b'{"code":"\\u0000"}', b'{"code":"\\udc00"}',
    b"<?xml version='1.0'?><a/>", b"code=x", b"---\ncode: x\n", b"\x80\x04K\x01.",
]  # fmt: skip
"""After JSONTestSuite's n_ files, and what else people send."""

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
NAMES = st.sampled_from(
    ["code", "refresh_token", "nickname", "avatar_url", "encrypted_data", "iv", "raw_data",
     "signature", "items", "id", "__proto__", "$ref", "self", "model_config"]
)  # fmt: skip
BODIES = st.dictionaries(NAMES, VALUES, max_size=4) | VALUES

TAKES_BODY = [key for key, row in OPERATIONS.items() if row.body is not None]


def demand_harmless(answer: httpx.Response) -> None:
    assert answer.status_code < 500, answer.text
    said = answer.json()
    assert {"code", "message", "data", "request_id"} <= set(said)
    assert (said["code"] == 200) == (answer.status_code == 200)
    assert not INSIDE.search(answer.text)


@pytest.fixture
def client(open_client: Open) -> httpx.AsyncClient:
    return open_client(limits=LimitsSettings(phone_per_minute=10**6))


@pytest.mark.parametrize(("method", "path"), TAKES_BODY)
async def test_broken_json_is_400_everywhere(
    client: httpx.AsyncClient, alice: dict[str, str], method: str, path: str
) -> None:
    for body in BROKEN:
        answer = await client.request(method, path, content=body, headers=JSON | alice)

        assert answer.status_code == 400, (body[:50], answer.text)
        demand_harmless(answer)


@pytest.mark.parametrize(("method", "path"), TAKES_BODY)
async def test_generated_bodies_break_nothing(
    client: httpx.AsyncClient, sign_in: SignInAs, method: str, path: str
) -> None:
    alice = await sign_in("alice")
    bodies = [json.dumps(body).encode() for body in _examples(BODIES, 60 * SCALE)]

    for body in [*bodies, *_examples(st.binary(max_size=60), 40 * SCALE)]:
        demand_harmless(await client.request(method, path, content=body, headers=JSON | alice))


def _examples(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    found: list[Any] = []

    @settings(
        max_examples=count, database=None, deadline=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(strategy)
    def collect(value: Any) -> None:
        found.append(value)

    collect()
    return found


QUERIES = ["%", "%zz", "limit=%00", "cursor=%ff%fe", "a=" + "x" * 5000, "&&&=", "limit[]=1",
           "status=created&status=gone", "limit=1;DROP", "cursor=' OR 1=1 --"]  # fmt: skip


@pytest.mark.parametrize("query", QUERIES)
async def test_odd_queries_break_nothing(
    client: httpx.AsyncClient, alice: dict[str, str], query: str
) -> None:
    url = httpx.URL("http://shop.test/api/v1/orders", query=query.encode())

    demand_harmless(await client.get(url, headers=alice))


PATHS = ["/api/v1/orders/%", "/api/v1/orders/%ff", "/api/v1/orders/%2e%2e%2f", "/api/v1/..",
         "/api/v1/orders/%F0%9F%8D%B5", "/%00", "/" + "a/" * 500, "/api/v1/orders/" + "x" * 5000,
         "/api/v1/orders/${jndi:ldap}", "/api/v1/orders/{{7*7}}"]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
async def test_odd_paths_are_404(
    client: httpx.AsyncClient, alice: dict[str, str], path: str
) -> None:
    answer = await client.get(path, headers=alice)

    assert answer.status_code == 404
    demand_harmless(answer)


HEADERS: list[tuple[str, bytes]] = [
    ("Accept", b"\xff"), ("Accept-Language", b"\xff;q=\xff"), ("Accept-Language", b"zh;q=1e999"),
    ("Accept", b"," * 5000), ("Content-Type", b"application/json; charset=\xff"),
    ("Content-Type", b";;;"), ("Content-Length", b"x"), ("Content-Length", b"\xb2"),
    ("User-Agent", b"\x01\xff" * 100),
    ("X-Request-Id", b"\xff"), ("X-Forwarded-For", b"\xff, ,:::"), ("Idempotency-Key", b"\xff"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), HEADERS)
async def test_odd_headers_break_nothing(
    client: httpx.AsyncClient, alice: dict[str, str], name: str, value: bytes
) -> None:
    for path, body in (("/api/v1/auth/wechat/login", {"code": "x"}), ("/api/v1/orders", {})):
        plain = {**JSON, **alice}
        plain.pop(name, None)
        headers = [(key.encode(), text.encode()) for key, text in plain.items()]
        headers.append((name.encode(), value))
        demand_harmless(await client.post(path, content=json.dumps(body), headers=headers))
