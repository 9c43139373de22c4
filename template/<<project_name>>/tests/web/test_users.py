"""Who I am and what is kept about me, over HTTP."""

import httpx
import pytest

from app.identity.errors import (
    PhoneCodeInvalid,
    PhoneTaken,
)

from .memory import Behind

API = "/api/v1"
LOGIN = f"{API}/auth/wechat/login"
ME = f"{API}/users/me"

Headers = dict[str, str]


async def test_fields_left_out_stay_as_they_are(client: httpx.AsyncClient, alice: Headers) -> None:
    await client.put(ME, headers=alice, json={"nickname": "阿丽", "avatar_url": "https://a.test/1"})

    answer = await client.put(ME, headers=alice, json={"nickname": "丽"})

    data = answer.json()["data"]
    assert (data["nickname"], data["avatar_url"]) == ("丽", "https://a.test/1")
    assert (await client.get(ME, headers=alice)).json()["data"] == data
    assert (await client.put(ME, headers=alice, json={})).json()["data"] == data


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"nickname": ""}, "nickname"),
        ({"nickname": "x" * 65}, "nickname"),
        ({"nickname": None}, "nickname"),
        ({"nickname": 7}, "nickname"),
        ({"avatar_url": ""}, "avatar_url"),
        ({"avatar_url": "http://a.test/1"}, "avatar_url"),
        ({"avatar_url": "https://"}, "avatar_url"),
        ({"avatar_url": "https:///path"}, "avatar_url"),
        ({"avatar_url": "https://a.test/a b"}, "avatar_url"),
        ({"avatar_url": "https://a.test/1\n"}, "avatar_url"),
        ({"avatar_url": "javascript:alert(1)//https://"}, "avatar_url"),
        ({"avatar_url": "https://a.test/" + "x" * 2034}, "avatar_url"),
    ],
)
async def test_a_description_has_its_bounds(
    client: httpx.AsyncClient, alice: Headers, body: object, field: str
) -> None:
    answer = await client.put(ME, headers=alice, json=body)

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_the_bounds_themselves_are_allowed(client: httpx.AsyncClient, alice: Headers) -> None:
    body = {"nickname": "🍵" * 64, "avatar_url": "https://a.test/" + "x" * 2033}

    answer = await client.put(ME, headers=alice, json=body)

    assert answer.status_code == 200, answer.text


async def test_times_are_utc_with_z(client: httpx.AsyncClient, alice: Headers) -> None:
    created_at = (await client.get(ME, headers=alice)).json()["data"]["created_at"]

    assert created_at == "2026-05-06T07:08:09.123456Z"


async def test_a_phone_is_bound_and_shown_masked(client: httpx.AsyncClient, alice: Headers) -> None:
    answer = await client.post(f"{ME}/phone", headers=alice, json={"code": "button"})

    assert answer.json()["data"]["phone_masked"] == "138****8000"


@pytest.mark.parametrize(
    ("failure", "status", "code"), [(PhoneTaken(), 409, 1301), (PhoneCodeInvalid(), 400, 1302)]
)
async def test_a_phone_that_cannot_be_bound_has_its_code(
    client: httpx.AsyncClient,
    behind: Behind,
    alice: Headers,
    failure: Exception,
    status: int,
    code: int,
) -> None:
    behind.platform.failure = failure

    answer = await client.post(f"{ME}/phone", headers=alice, json={"code": "button"})

    assert (answer.status_code, answer.json()["code"]) == (status, code)


SEALED = {"encrypted_data": "sealed", "iv": "x"}
SIGNED = {"raw_data": "{}", "signature": "signed"}


@pytest.mark.parametrize(
    ("body", "data"),
    [
        (SEALED, {"opened": True}),
        (SIGNED, {"raw": "{}"}),
        (SEALED | SIGNED, {"opened": True}),
    ],
)
async def test_wechat_data_is_opened(
    client: httpx.AsyncClient, alice: Headers, body: object, data: object
) -> None:
    answer = await client.post(f"{ME}/wechat-data", headers=alice, json=body)

    assert answer.json()["data"] == {"data": data}


@pytest.mark.parametrize(
    "body",
    [
        SEALED | {"encrypted_data": "forged"},
        SIGNED | {"signature": "forged"},
        SEALED | SIGNED | {"signature": "forged"},
        SEALED | SIGNED | {"encrypted_data": "forged"},
    ],
)
async def test_every_forgery_is_the_same_400(
    client: httpx.AsyncClient, alice: Headers, body: object
) -> None:
    answer = await client.post(
        f"{ME}/wechat-data", headers={**alice, "X-Request-Id": "r"}, json=body
    )

    assert answer.status_code == 400
    assert answer.json() == {
        "code": 400,
        "message": answer.json()["message"],
        "data": None,
        "request_id": "r",
    }


@pytest.mark.parametrize(
    "body", [{}, {"iv": "x"}, {"raw_data": "{}", "iv": "x"}, SEALED | {"signature": "signed"}]
)
async def test_half_a_pair_of_wechat_data_is_400(
    client: httpx.AsyncClient, alice: Headers, body: object
) -> None:
    answer = await client.post(f"{ME}/wechat-data", headers=alice, json=body)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == ""


async def test_an_export_is_complete_and_in_full(
    client: httpx.AsyncClient, behind: Behind, alice: Headers
) -> None:
    await client.post(f"{ME}/phone", headers=alice, json={"code": "button"})
    await client.post(
        f"{API}/orders", headers=alice, json={"items": [{"sku": "tea-1", "quantity": 2}]}
    )

    answer = await client.get(f"{ME}/export", headers=alice)

    data = answer.json()["data"]
    assert set(data) == {"user", "phone", "wechat", "sessions", "orders"}
    assert data["phone"] == "13800138000"
    assert data["wechat"] == {"openid": "o-alice", "unionid": "u-alice"}
    assert data["user"]["phone_masked"] == "138****8000"
    assert data["orders"][0]["total"] == 3998
    assert len(data["sessions"]) == 1
    assert "identity.export" in [entry.action for entry in behind.rows.audited]


async def test_the_session_key_is_in_no_answer(client: httpx.AsyncClient, alice: Headers) -> None:
    answers = [
        await client.get(ME, headers=alice),
        await client.get(f"{ME}/export", headers=alice),
        await client.post(LOGIN, json={"code": "alice-77"}),
    ]

    assert all("c2Vzc2lvbi1rZXktY2FuYXJ5" not in answer.text for answer in answers)


async def test_an_erased_user_is_gone_and_comes_back_as_another(
    client: httpx.AsyncClient, behind: Behind, alice: Headers
) -> None:
    before = (await client.get(ME, headers=alice)).json()["data"]["id"]

    answer = await client.delete(ME, headers=alice)

    assert (answer.status_code, answer.json()["data"]) == (200, None)
    assert (await client.get(ME, headers=alice)).status_code == 401
    again = (await client.post(LOGIN, json={"code": "alice-99"})).json()["data"]
    assert (again["is_new_user"], again["user"]["id"] != before) == (True, True)


async def test_a_user_that_vanished_behind_a_living_token_is_1001(
    client: httpx.AsyncClient, behind: Behind, alice: Headers
) -> None:
    behind.rows.users.clear()

    answer = await client.get(ME, headers=alice)

    assert (answer.status_code, answer.json()["code"]) == (404, 1001)
