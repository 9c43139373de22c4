"""Every error has the envelope, in the language and the form that the caller reads."""

from typing import Any

import httpx
import pytest

from app.kernel.errors import BadFields, Failure, FieldError
from app.web.codes import CODES
from app.web.messages import LANGUAGE

from .conftest import Open
from .memory import Behind

API = "/api/v1"
LOGIN = f"{API}/auth/wechat/login"
ME = f"{API}/users/me"
PROBLEM = {"Accept": "application/problem+json"}

Headers = dict[str, str]


def coded(number: int) -> Failure:
    failure = Failure("canary")
    failure.code = number  # type: ignore[misc]
    return failure


@pytest.mark.parametrize("number", sorted(CODES))
async def test_every_code_travels_with_its_status_in_both_languages(
    client: httpx.AsyncClient, behind: Behind, number: int
) -> None:
    behind.platform.failure = coded(number)
    code = CODES[number]

    for position, (language, message) in enumerate({"en": code.en, "zh": code.zh}.items()):
        answer = await client.post(
            LOGIN, json={"code": f"alice-{position}"}, headers={"Accept-Language": language}
        )

        assert answer.status_code == code.status != 200
        assert answer.headers["content-type"] == "application/json"
        assert answer.json() == {
            "code": number,
            "message": message,
            "data": None,
            "request_id": answer.headers["x-request-id"],
        }


@pytest.mark.parametrize("number", sorted(CODES))
async def test_every_code_can_be_a_problem(
    client: httpx.AsyncClient, behind: Behind, number: int
) -> None:
    behind.platform.failure = coded(number)

    answer = await client.post(LOGIN, json={"code": "alice-1"}, headers=PROBLEM)

    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": f"urn:problem-type:{CODES[number].slug}",
        "title": CODES[number].en,
        "status": answer.status_code,
        "code": number,
        "request_id": answer.headers["x-request-id"],
    }


ASKED: list[tuple[int, str, str, dict[str, Any]]] = [
    (404, "GET", "/nothing", {}),
    (404, "GET", f"{API}/users/me/", {}),
    (404, "GET", f"{API}//users/me", {}),
    (404, "GET", f"{API}/auth/sessions/", {}),
    (404, "GET", "/API/v1/users/me", {}),
    (405, "PATCH", ME, {}),
    (405, "OPTIONS", ME, {}),
    (405, "GET", LOGIN, {}),
    (405, "TRACE", "/healthz", {}),
    (401, "GET", ME, {}),
    (413, "POST", LOGIN, {"content": b"x" * 2**21}),
    (415, "POST", LOGIN, {"content": b"{}"}),
    (415, "POST", LOGIN, {"data": {"code": "x"}}),
    (415, "POST", LOGIN, {"files": {"code": b"x"}}),
    (400, "POST", LOGIN, {"content": b"{", "headers": {"Content-Type": "application/json"}}),
    (400, "POST", LOGIN, {}),
]


@pytest.mark.parametrize(("status", "method", "path", "more"), ASKED)
async def test_every_error_has_the_envelope(
    client: httpx.AsyncClient, status: int, method: str, path: str, more: dict[str, Any]
) -> None:
    answer = await client.request(method, path, **more)

    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    said = answer.json()
    assert (said["code"], said["data"]) == (status, None)
    assert set(said) - {"errors"} == {"code", "message", "data", "request_id"}
    assert said["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(("status", "method", "path", "more"), ASKED)
async def test_every_error_can_be_a_problem(
    client: httpx.AsyncClient, status: int, method: str, path: str, more: dict[str, Any]
) -> None:
    headers = {**PROBLEM, **more.get("headers", {})}

    answer = await client.request(method, path, **{**more, "headers": headers})

    said = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (said["status"], said["code"]) == (status, status)


@pytest.mark.parametrize(
    ("path", "methods"),
    [(ME, "DELETE, GET, PUT"), (f"{API}/orders", "GET, POST"), ("/healthz", "GET"),
     (f"{API}/orders/x", "DELETE, GET"), (f"{API}/orders/x/confirm", "POST")],
)  # fmt: skip
async def test_405_says_what_is_possible(
    client: httpx.AsyncClient, path: str, methods: str
) -> None:
    assert (await client.patch(path)).headers["allow"] == methods


@pytest.mark.parametrize("path", ["/healthz", ME, "/openapi.json"])
async def test_there_is_no_head(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.head(path)).status_code == 405


async def test_a_path_is_never_redirected(client: httpx.AsyncClient) -> None:
    for path in ("/healthz/", f"{API}/orders/", "//healthz"):
        answer = await client.get(path)

        assert (answer.status_code, "location" in answer.headers) == (404, False)


REFUSED = {"items": [{"sku": "canary" * 20, "quantity": "canary"}], "canary_name": 1}


async def test_a_refused_body_names_fields_and_reasons_but_not_the_input(
    client: httpx.AsyncClient, alice: Headers
) -> None:
    answer = await client.post(f"{API}/orders", headers=alice, json=REFUSED)

    assert answer.json()["errors"] == [
        {"field": "items.0.sku", "reason": "This must be at most 64 characters long."},
        {"field": "items.0.quantity", "reason": "This must be an integer."},
        {"field": "canary_name", "reason": "Nothing of this name is known here."},
    ]


async def test_without_a_wish_the_project_speaks_its_own_language(
    client: httpx.AsyncClient,
) -> None:
    del client.headers["Accept-Language"]

    answer = await client.get("/nothing")

    assert answer.json()["message"] == CODES[404].message(LANGUAGE)


async def test_reasons_are_told_in_the_caller_s_language(
    client: httpx.AsyncClient, alice: Headers
) -> None:
    headers = {**alice, "Accept-Language": "zh-CN"}

    answer = await client.post(f"{API}/orders", headers=headers, json={"items": []})

    assert answer.json()["errors"] == [{"field": "items", "reason": "至少需要 1 项。"}]


async def test_a_problem_has_errors_and_retry_too(
    client: httpx.AsyncClient, alice: Headers
) -> None:
    refused = await client.put(ME, headers={**alice, **PROBLEM}, json={"nickname": 1})
    spent = await client.post(LOGIN, json={"code": "junk"}, headers=PROBLEM)

    assert refused.json()["errors"][0]["field"] == "nickname"
    assert spent.json()["retry"] == "new_code"


async def test_a_reason_that_nobody_translated_is_told_in_general(
    client: httpx.AsyncClient, behind: Behind
) -> None:
    behind.platform.failure = BadFields(FieldError("code", "canary", 7))

    answer = await client.post(LOGIN, json={"code": "alice-1"})

    assert answer.json()["errors"] == [{"field": "code", "reason": "This is not acceptable."}]


async def test_unknown_fields_are_refused_where_input_is_strict(
    client: httpx.AsyncClient, alice: Headers
) -> None:
    answer = await client.put(ME, headers=alice, json={"nickname": "x", "id": "y"})

    assert answer.json()["errors"] == [
        {"field": "id", "reason": "Nothing of this name is known here."}
    ]


@pytest.mark.parametrize("env", ["staging", "production"])
async def test_unknown_fields_are_ignored_where_old_clients_live(
    open_client: Open, alice: Headers, env: str
) -> None:
    client = open_client(env=env)
    before = (await client.get(ME, headers=alice)).json()["data"]
    forged = {
        "id": "x", "user_id": "x", "role": "admin", "is_admin": True, "openid": "o-bob",
        "created_at": "2000-01-01T00:00:00Z", "phone": "13800138000", "token_version": 9,
    }  # fmt: skip

    answer = await client.put(ME, headers=alice, json={"nickname": "x", **forged})

    assert answer.status_code == 200
    assert answer.json()["data"] == {**before, "nickname": "x"}


async def test_who_calls_is_asked_before_what_they_say(client: httpx.AsyncClient) -> None:
    answer = await client.put(ME, content=b"{", headers={"Content-Type": "application/json"})

    assert answer.status_code == 401


async def test_a_body_where_none_is_wanted_is_not_looked_at(
    client: httpx.AsyncClient, alice: Headers
) -> None:
    answer = await client.post(f"{API}/auth/logout", headers=alice, content=b"\xff{")

    assert answer.status_code == 200
