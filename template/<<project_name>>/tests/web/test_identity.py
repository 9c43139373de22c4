"""Signing in and being somebody, over HTTP."""

from datetime import timedelta

import httpx
import pytest

from app.identity.errors import (
    LimitedByWeChat,
    NoRefreshTokens,
    PhoneCodeInvalid,
    PhoneTaken,
    RefusedByWeChat,
    UserDisabled,
    WeChatMisconfigured,
    WeChatUnavailable,
    WeChatUnintelligible,
)
from app.kernel.errors import KeyServiceUnavailable
from app.kernel.ids import new_id

from .conftest import SignInAs
from .memory import Behind

API = "/api/v1"
LOGIN = f"{API}/auth/wechat/login"
REFRESH = f"{API}/auth/refresh"
ME = f"{API}/users/me"

Headers = dict[str, str]

USER = {"id", "nickname", "avatar_url", "phone_masked", "created_at"}
GRANT = {
    "access_token", "token_type", "expires_in", "refresh_token", "refresh_expires_in",
    "bucket", "user",
}  # fmt: skip


async def test_signing_in_gives_a_grant(client: httpx.AsyncClient) -> None:
    answer = await client.post(LOGIN, json={"code": "alice-1"})

    data = answer.json()["data"]
    assert answer.status_code == 200
    assert set(data) == GRANT | {"is_new_user"}
    assert set(data["user"]) == USER
    assert (data["token_type"], data["is_new_user"]) == ("Bearer", True)
    assert len(data["bucket"]) == 2
    assert data["bucket"].isdigit()


async def test_coming_back_is_not_being_new(client: httpx.AsyncClient) -> None:
    first = await client.post(LOGIN, json={"code": "alice-1"})
    again = await client.post(LOGIN, json={"code": "alice-2"})

    assert again.json()["data"]["is_new_user"] is False
    assert again.json()["data"]["user"] == first.json()["data"]["user"]
    assert again.json()["data"]["bucket"] == first.json()["data"]["bucket"]


async def test_a_refresh_gives_the_same_members_but_is_new_user(client: httpx.AsyncClient) -> None:
    grant = (await client.post(LOGIN, json={"code": "alice-1"})).json()["data"]

    answer = await client.post(REFRESH, json={"refresh_token": grant["refresh_token"]})

    data = answer.json()["data"]
    assert set(data) == GRANT
    assert data["user"] == grant["user"]
    assert data["refresh_token"] != grant["refresh_token"]


async def test_a_dead_refresh_token_is_1201(client: httpx.AsyncClient) -> None:
    answer = await client.post(REFRESH, json={"refresh_token": "refresh.nobody.1"})

    assert (answer.status_code, answer.json()["code"]) == (401, 1201)
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_without_refresh_tokens_a_refresh_is_1202(
    client: httpx.AsyncClient, behind: Behind
) -> None:
    behind.tokens.failure = NoRefreshTokens()

    answer = await client.post(REFRESH, json={"refresh_token": "x"})

    assert (answer.status_code, answer.json()["code"]) == (400, 1202)
    assert "errors" not in answer.json()


@pytest.mark.parametrize(
    ("failure", "status", "code", "retry"),
    [
        (RefusedByWeChat(), 403, 1103, None),
        (LimitedByWeChat(), 429, 1104, None),
        (WeChatUnavailable(), 503, 1105, "new_code"),
        (WeChatUnintelligible(), 502, 1106, None),
        (WeChatMisconfigured("40125 invalid appsecret"), 500, 1107, None),
        (UserDisabled(), 403, 1002, None),
        (KeyServiceUnavailable(), 503, 9003, None),
    ],
)
async def test_whatever_stops_a_sign_in_has_its_code(
    client: httpx.AsyncClient,
    behind: Behind,
    failure: Exception,
    status: int,
    code: int,
    retry: str | None,
) -> None:
    behind.platform.failure = failure

    answer = await client.post(LOGIN, json={"code": "alice-1"})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json().get("retry") == retry
    assert "40125" not in answer.text


async def test_an_unknown_code_asks_for_a_new_one(client: httpx.AsyncClient) -> None:
    answer = await client.post(LOGIN, json={"code": "junk"})

    assert (answer.status_code, answer.json()["code"]) == (401, 1101)
    assert answer.json()["retry"] == "new_code"
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_code_that_was_used_asks_for_a_new_one(client: httpx.AsyncClient) -> None:
    await client.post(LOGIN, json={"code": "alice-1"})

    answer = await client.post(LOGIN, json={"code": "alice-1"})

    assert (answer.status_code, answer.json()["code"]) == (401, 1102)
    assert answer.json()["retry"] == "new_code"


async def test_a_wait_that_wechat_names_is_passed_on(
    client: httpx.AsyncClient, behind: Behind
) -> None:
    behind.platform.failure = LimitedByWeChat(retry_after_seconds=23)

    answer = await client.post(LOGIN, json={"code": "alice-1"})

    assert answer.headers["retry-after"] == "23"


async def test_logout_ends_this_session_and_the_second_one_is_401(
    client: httpx.AsyncClient, sign_in: SignInAs
) -> None:
    phone, tablet = await sign_in("alice"), await sign_in("alice")

    answer = await client.post(f"{API}/auth/logout", headers=phone)
    again = await client.post(f"{API}/auth/logout", headers=phone)

    assert (answer.status_code, answer.json()["data"]) == (200, None)
    assert (again.status_code, again.json()["code"]) == (401, 401)
    assert (await client.get(ME, headers=tablet)).status_code == 200


async def test_logout_all_ends_every_session(client: httpx.AsyncClient, sign_in: SignInAs) -> None:
    phone, tablet = await sign_in("alice"), await sign_in("alice")

    answer = await client.post(f"{API}/auth/logout-all", headers=phone)

    assert (answer.status_code, answer.json()["data"]) == (200, None)
    assert (await client.get(ME, headers=tablet)).status_code == 401


async def test_sessions_show_devices_without_tokens(client: httpx.AsyncClient) -> None:
    agent = "Mini\x01Program/" + "9" * 100
    grant = (
        await client.post(LOGIN, json={"code": "alice-1"}, headers={"User-Agent": agent})
    ).json()["data"]
    headers = {"Authorization": f"bearer {grant['access_token']}"}

    answer = await client.get(f"{API}/auth/sessions", headers=headers)

    [session] = answer.json()["data"]["items"]
    assert set(session) == {"id", "device", "created_at", "last_seen_at", "current"}
    assert session["device"] == ("MiniProgram/" + "9" * 100)[:64]
    assert session["current"] is True
    assert grant["refresh_token"] not in answer.text


async def test_one_session_can_be_ended_but_not_anybody_else_s(
    client: httpx.AsyncClient, sign_in: SignInAs, alice: Headers
) -> None:
    tablet, bob = await sign_in("alice"), await sign_in("bob")
    items = (await client.get(f"{API}/auth/sessions", headers=alice)).json()["data"]["items"]
    [other] = [item["id"] for item in items if not item["current"]]
    path = f"{API}/auth/sessions/{other}"

    foreign = await client.delete(path, headers=bob)
    mine = await client.delete(path, headers=alice)

    assert (foreign.status_code, foreign.json()["code"]) == (404, 404)
    assert (mine.status_code, mine.json()["data"]) == (200, None)
    assert (await client.get(ME, headers=tablet)).status_code == 401


@pytest.mark.parametrize(
    "id", ["nobody", "%00", "0", "..%2f", str(new_id()).upper(), str(new_id())]
)
async def test_a_session_id_that_names_nothing_is_404(
    client: httpx.AsyncClient, alice: Headers, id: str
) -> None:
    answer = await client.delete(f"{API}/auth/sessions/{id}", headers=alice)

    assert (answer.status_code, answer.json()["code"]) == (404, 404)


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


@pytest.mark.parametrize(
    "authorization",
    [
        None, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer access", "Bearer access.x.1",
        f"Bearer access.{new_id()}.1", "Bearer " + "x" * 5000, "access.x.1", "Bearer \u00e9",
        "Bearer a b",
    ],
)  # fmt: skip
async def test_all_rejections_of_an_access_token_are_one_body(
    client: httpx.AsyncClient, authorization: str | None
) -> None:
    headers = [] if authorization is None else [("Authorization", authorization.encode("latin-1"))]

    answer = await client.get(ME, headers=[*headers, ("X-Request-Id", "r")])

    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.content == (
        b'{"code":401,"message":"Please sign in.","data":null,"request_id":"r"}'
    )


async def test_two_access_tokens_are_none(client: httpx.AsyncClient, alice: Headers) -> None:
    twice = [("Authorization", alice["Authorization"])] * 2

    assert (await client.get(ME, headers=twice)).status_code == 401


async def test_an_ended_session_gives_the_very_same_body(
    client: httpx.AsyncClient, behind: Behind, alice: Headers
) -> None:
    anonymous = await client.get(ME, headers={"X-Request-Id": "r"})
    behind.clock.now += timedelta(hours=2)

    ended = await client.get(ME, headers={**alice, "X-Request-Id": "r"})

    assert ended.content == anonymous.content
