"""Phone numbers, sessions and texts, as WeChat treats them."""

import hmac
from hashlib import sha256
from typing import Any

import httpx
import pytest

from sandbox import APPID, Sandbox
from tests.sandbox.asking import (
    CHECK,
    LOGIN,
    RESET,
    STABLE,
    TEXT,
    exchange,
    phone,
    stable,
)


@pytest.mark.parametrize(
    ("entered", "number", "country", "pure"),
    [
        ("13800138000", "13800138000", "86", "13800138000"),
        ("+8613800138000", "13800138000", "86", "13800138000"),
        ("+85251234567", "85251234567", "852", "51234567"),
        ("+44 2079460000", "442079460000", "44", "2079460000"),
    ],
)
def test_a_phone_code_gives_a_number_once(
    client: httpx.Client, sandbox: Sandbox, entered: str, number: str, country: str, pure: str
) -> None:
    token, code = stable(client)["access_token"], sandbox.phone_code("alice", entered)

    info = phone(client, token, {"code": code})["phone_info"]

    assert (info["phoneNumber"], info["countryCode"], info["purePhoneNumber"]) == (
        number,
        country,
        pure,
    )
    assert info["watermark"]["appid"] == APPID
    assert phone(client, token, {"code": code})["errcode"] == 40029


def test_a_phone_code_is_bound_to_the_openid_that_is_named(
    client: httpx.Client, sandbox: Sandbox
) -> None:
    token, code = stable(client)["access_token"], sandbox.phone_code("alice", "13800138000")
    alice, bob = sandbox.user("alice")["openid"], sandbox.user("bob")["openid"]

    assert phone(client, token, {"code": code, "openid": bob})["errcode"] == 40029
    assert phone(client, token, {"code": code, "openid": alice})["errcode"] == 0


def test_login_codes_and_phone_codes_are_of_two_kinds(
    client: httpx.Client, sandbox: Sandbox
) -> None:
    token = stable(client)["access_token"]

    assert phone(client, token, {"code": sandbox.code("alice")})["errcode"] == 40029
    assert exchange(client, sandbox.phone_code("alice", "13800138000"))["errcode"] == 40029


def signed(client: httpx.Client, sandbox: Sandbox, **changed: str) -> dict[str, str]:
    session = exchange(client, sandbox.code("alice"))
    signature = hmac.new(session["session_key"].encode(), b"", sha256).hexdigest()
    return {
        "access_token": stable(client)["access_token"],
        "openid": session["openid"],
        "signature": signature,
        "sig_method": "hmac_sha256",
    } | changed


def test_a_session_is_good_while_its_key_is(client: httpx.Client, sandbox: Sandbox) -> None:
    query = signed(client, sandbox)
    assert client.get(CHECK, params=query).json() == {"errcode": 0, "errmsg": "ok"}

    sandbox.user("alice", rotate_session_key=True)

    assert client.get(CHECK, params=query).json()["errcode"] == 87009


@pytest.mark.parametrize(
    ("changed", "errcode"),
    [
        ({"access_token": ""}, 41001),
        ({"openid": "nobody"}, 40003),
        ({"sig_method": "md5"}, 87008),
        ({"signature": "0" * 64}, 87009),
        ({"signature": "é"}, 87009),
    ],
)
@pytest.mark.parametrize("path", [CHECK, RESET])
def test_a_session_is_checked_by_its_signature(
    client: httpx.Client, sandbox: Sandbox, path: str, changed: dict[str, str], errcode: int
) -> None:
    query = signed(client, sandbox, **changed)

    assert client.get(path, params=query).json()["errcode"] == errcode


def test_a_session_key_can_be_reset(client: httpx.Client, sandbox: Sandbox) -> None:
    query = signed(client, sandbox)

    fresh = client.get(RESET, params=query).json()

    assert exchange(client, sandbox.code("alice"))["session_key"] == fresh["session_key"]
    assert fresh["openid"] == query["openid"]
    assert client.get(CHECK, params=query).json()["errcode"] == 87009


def judged(client: httpx.Client, sandbox: Sandbox, **changed: object) -> Any:
    openid = sandbox.user("alice")["openid"]
    body = {"version": 2, "scene": 1, "openid": openid, "content": "hello"} | changed
    token = stable(client)["access_token"]
    return client.post(TEXT, params={"access_token": token}, json=body).json()


@pytest.mark.parametrize(
    ("content", "suggest"), [("hello", "pass"), ("a risky word", "risky"), ("review me", "review")]
)
def test_text_is_judged_by_its_words(
    client: httpx.Client, sandbox: Sandbox, content: str, suggest: str
) -> None:
    exchange(client, sandbox.code("alice"))

    answer = judged(client, sandbox, content=content)

    assert (answer["errcode"], answer["result"]["suggest"]) == (0, suggest)


@pytest.mark.parametrize(
    ("changed", "errcode"),
    [
        ({"version": 1}, 43104),
        ({"scene": 9}, 40129),
        ({"openid": "nobody"}, 40003),
        ({"content": ""}, 44991),
        ({"content": "x" * 2501}, 44991),
        ({"content": None}, 44991),
    ],
)
def test_text_is_refused_in_these_words(
    client: httpx.Client, sandbox: Sandbox, changed: dict[str, object], errcode: int
) -> None:
    exchange(client, sandbox.code("alice"))

    assert judged(client, sandbox, **changed)["errcode"] == errcode


def test_text_of_a_user_who_was_not_here_for_two_hours_is_not_judged(
    client: httpx.Client, sandbox: Sandbox
) -> None:
    assert judged(client, sandbox)["errcode"] == 61010
    exchange(client, sandbox.code("alice"))
    assert judged(client, sandbox)["errcode"] == 0

    sandbox.advance(7201)

    assert judged(client, sandbox)["errcode"] == 61010


def test_a_path_that_wechat_has_not_is_an_errcode_too(client: httpx.Client) -> None:
    answer = client.get("/no/such/path")

    assert (answer.status_code, answer.json()["errcode"]) == (200, 40066)


@pytest.mark.parametrize(
    ("method", "path", "errcode"), [("POST", LOGIN, 43001), ("GET", STABLE, 43002)]
)
def test_a_wrong_method_is_an_errcode_too(
    client: httpx.Client, method: str, path: str, errcode: int
) -> None:
    answer = client.request(method, path)

    assert (answer.status_code, answer.json()["errcode"]) == (200, errcode)
