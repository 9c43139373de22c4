"""Signing in, staying in and signing out, over HTTP."""

import httpx
import pytest

from app.identity.errors import (
    LimitedByWeChat,
    NoRefreshTokens,
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
