"""The routes that drive the sandbox: what they take and what they answer."""

import json
from base64 import b64decode
from hashlib import sha1
from typing import Any

import httpx
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from sandbox import APPID, Sandbox
from tests.clock import TurnableClock
from tests.sandbox.asking import LOGIN, control, login


def test_codes_gives_a_code_that_signs_a_user_in(client: httpx.Client) -> None:
    given = control(client, "codes", {"user": "alice"})

    assert set(given) == {"code"}
    assert set(login(client, given["code"]).json()) == {"openid", "unionid", "session_key"}


def test_codes_of_another_appid_are_unknown_here(client: httpx.Client) -> None:
    given = control(client, "codes", {"user": "alice", "appid": "wx0000000000000002"})

    assert login(client, given["code"]).json()["errcode"] == 40029


def test_codes_of_this_appid_may_say_so(client: httpx.Client) -> None:
    given = control(client, "codes", {"user": "alice", "appid": APPID})

    assert "openid" in login(client, given["code"]).json()


def test_phone_codes_gives_a_code_of_the_button(client: httpx.Client, sandbox: Sandbox) -> None:
    given = control(client, "phone-codes", {"user": "alice", "phone": "13800138000"})

    assert set(given) == {"code"}
    assert login(client, given["code"]).json()["errcode"] == 40029


def test_users_says_who_somebody_is(client: httpx.Client) -> None:
    alice = control(client, "users", {"user": "alice"})
    session = login(client, control(client, "codes", {"user": "alice"})["code"]).json()

    assert set(alice) == {"user", "openid", "unionid"}
    assert (alice["openid"], alice["unionid"]) == (session["openid"], session["unionid"])
    assert len(alice["openid"]) == 28


def test_users_takes_a_unionid_away_and_gives_it_back(client: httpx.Client) -> None:
    alice = control(client, "users", {"user": "alice", "unionid": True})

    without = control(client, "users", {"user": "alice", "unionid": False})
    session = login(client, control(client, "codes", {"user": "alice"})["code"]).json()

    assert without["unionid"] is None
    assert "unionid" not in session
    assert control(client, "users", {"user": "alice", "unionid": True}) == alice


def test_users_leaves_alone_what_it_is_not_told(client: httpx.Client) -> None:
    control(client, "users", {"user": "alice", "unionid": False, "blocked": True})
    control(client, "users", {"user": "alice"})

    code = control(client, "codes", {"user": "alice"})["code"]

    assert control(client, "users", {"user": "alice"})["unionid"] is None
    assert login(client, code).json()["errcode"] == 40226


def test_users_blocks_and_forgives(client: httpx.Client) -> None:
    code = control(client, "codes", {"user": "alice"})["code"]
    control(client, "users", {"user": "alice", "blocked": True})
    assert login(client, code).json()["errcode"] == 40226

    control(client, "users", {"user": "alice", "blocked": False})

    assert "openid" in login(client, code).json()


def test_a_session_key_changes_only_by_rotation(client: httpx.Client) -> None:
    def key() -> str:
        code = control(client, "codes", {"user": "alice"})["code"]
        return str(login(client, code).json()["session_key"])

    first, second = key(), key()
    control(client, "users", {"user": "alice", "rotate_session_key": True})
    third = key()
    control(client, "users", {"user": "alice", "rotate_session_key": False})

    assert first == second
    assert third not in (first, None)
    assert key() == third
    assert len(b64decode(third)) == 16


def test_encrypt_seals_and_signs_under_the_present_session_key(
    client: httpx.Client, clock: TurnableClock
) -> None:
    session = login(client, control(client, "codes", {"user": "alice"})["code"]).json()

    given = control(client, "encrypt", {"user": "alice", "data": {"nickName": "小明"}})

    assert set(given) == {"encrypted_data", "iv", "raw_data", "signature"}
    assert opened(given, session["session_key"]) == {
        "nickName": "小明",
        "watermark": {"appid": APPID, "timestamp": int(clock().timestamp())},
    }
    signed = (given["raw_data"] + session["session_key"]).encode()
    assert json.loads(given["raw_data"]) == {"nickName": "小明"}
    assert given["signature"] == sha1(signed).hexdigest()


def test_encrypt_keeps_a_watermark_that_it_is_given(client: httpx.Client) -> None:
    session = login(client, control(client, "codes", {"user": "alice"})["code"]).json()
    data = {"watermark": {"appid": "wx1", "timestamp": 1}}

    given = control(client, "encrypt", {"user": "alice", "data": data})

    assert opened(given, session["session_key"]) == data


def test_clock_moves_the_time_of_wechat(client: httpx.Client, clock: TurnableClock) -> None:
    code = control(client, "codes", {"user": "alice"})["code"]

    given = control(client, "clock", {"advance_seconds": 301})

    clock.advance(seconds=301)
    assert given == {"now": clock().isoformat(timespec="milliseconds").replace("+00:00", "Z")}
    assert login(client, code).json()["errcode"] == 40029


def test_calls_lists_what_came_and_no_secret(
    client: httpx.Client, sandbox: Sandbox, clock: TurnableClock
) -> None:
    login(client, control(client, "codes", {"user": "alice"})["code"])
    login(client, "no-such-code")

    answer = client.get("/_sandbox/calls")

    at = clock().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert answer.json() == {
        "items": [
            {"path": LOGIN, "at": at, "outcome": "ok"},
            {"path": LOGIN, "at": at, "outcome": "errcode 40029"},
        ]
    }
    assert answer.headers["content-type"] == "application/json"


def test_reset_forgets_all(client: httpx.Client, sandbox: Sandbox, clock: TurnableClock) -> None:
    code = sandbox.code("alice")
    sandbox.user("alice", unionid=False, blocked=True)
    sandbox.fault(LOGIN, errcode=-1)
    sandbox.advance(60)

    assert control(client, "reset", {}) == {}

    assert sandbox.calls() == []
    assert login(client, code).json()["errcode"] == 40029
    assert sandbox.user("alice")["unionid"] is not None
    assert "openid" in login(client, sandbox.code("alice")).json()
    assert sandbox.advance(0).startswith(clock().isoformat()[:19])


def test_reset_needs_no_body(client: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.fault(LOGIN, errcode=-1)

    answer = client.post("/_sandbox/reset")

    assert (answer.status_code, answer.json()) == (200, {})
    assert "openid" in login(client, sandbox.code("alice")).json()


def test_a_user_is_the_same_person_after_a_reset(sandbox: Sandbox) -> None:
    alice = sandbox.user("alice")

    sandbox.reset()

    assert sandbox.user("alice") == alice


def test_a_code_never_comes_again_after_a_reset() -> None:
    with Sandbox.start(seed=1) as sandbox:
        before = sandbox.code("alice")
        sandbox.reset()
        after = sandbox.code("alice")

    assert before != after


def opened(given: dict[str, str], session_key: str) -> Any:
    mode = modes.CBC(b64decode(given["iv"]))
    decryptor = Cipher(algorithms.AES(b64decode(session_key)), mode).decryptor()
    unpadder = PKCS7(128).unpadder()
    padded = decryptor.update(b64decode(given["encrypted_data"])) + decryptor.finalize()
    return json.loads(unpadder.update(padded) + unpadder.finalize())
