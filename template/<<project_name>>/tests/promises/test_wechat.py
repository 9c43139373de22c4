"""WeChat: what `docs` promise of codes, secrets and accounts."""

import asyncio
from contextlib import AbstractAsyncContextManager
from io import StringIO
from typing import Any

import pytest

from sandbox import Sandbox
from tests.house import Backend, Member

LOGIN = "/sns/jscode2session"


async def test_twenty_posts_of_one_code_give_one_session_and_one_upstream_call(
    backend: Backend, sandbox: Sandbox
) -> None:
    code = sandbox.code("alice")

    answers = await asyncio.gather(*(backend.login(code) for _ in range(20)))

    codes = [answer.json()["code"] for answer in answers]
    assert codes.count(200) == 1
    assert codes.count(1102) == len(codes) - 1
    assert len(_exchanges(sandbox)) == 1


async def test_one_code_is_exchanged_once_over_two_processes(
    backend: Backend, another_process: AbstractAsyncContextManager[Backend], sandbox: Sandbox
) -> None:
    code = sandbox.code("alice")

    async with another_process as other:
        answers = await asyncio.gather(
            *(process.login(code) for process in (backend, other) for _ in range(5))
        )

    codes = [answer.json()["code"] for answer in answers]
    assert codes.count(200) == 1
    assert codes.count(1102) == len(codes) - 1
    assert len(_exchanges(sandbox)) == 1


async def test_a_used_code_asks_for_a_new_one(backend: Backend, sandbox: Sandbox) -> None:
    code = sandbox.code("alice")
    await backend.login(code)

    again = await backend.login(code)

    assert (again.status_code, again.json()["code"], again.json()["retry"]) == (
        401,
        1102,
        "new_code",
    )


FAULTS: list[tuple[dict[str, Any], int, int]] = [
    ({"errcode": 40029}, 401, 1101),
    ({"errcode": 40163}, 401, 1102),
    ({"errcode": 40226}, 403, 1103),
    ({"errcode": 45011}, 429, 1104),
    ({"errcode": -1}, 503, 1105),
    ({"drop": True}, 503, 1105),
    ({"drop": True, "consume": True}, 503, 1105),
    ({"status": 502}, 503, 1105),
    ({"body": "{}"}, 502, 1106),
    ({"body": "<html></html>"}, 502, 1106),
    ({"errcode": 99999}, 502, 1106),
    ({"errcode": 40013}, 500, 1107),
    ({"errcode": 40125}, 500, 1107),
    ({"errcode": 40164}, 500, 1107),
]


@pytest.mark.parametrize(("fault", "status", "code"), FAULTS)
async def test_a_refusal_of_wechat_has_its_own_code_and_is_never_repeated(
    backend: Backend, sandbox: Sandbox, fault: dict[str, Any], status: int, code: int
) -> None:
    sandbox.fault(LOGIN, **fault)

    answer = await backend.login(sandbox.code("alice"))

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["data"] is None
    assert len(_exchanges(sandbox)) == 1


async def test_a_lost_answer_is_mended_by_a_fresh_code(backend: Backend, sandbox: Sandbox) -> None:
    sandbox.fault(LOGIN, drop=True, consume=True)

    lost = await backend.login(sandbox.code("alice"))
    fresh = await backend.login(sandbox.code("alice"))

    assert lost.json()["retry"] == "new_code"
    assert fresh.status_code == 200


async def test_no_secret_of_wechats_appears_in_an_answer_or_a_log(
    backend: Backend,
    sandbox: Sandbox,
    logged: StringIO,
) -> None:
    alice = await backend.sign_in("alice")
    await alice.post("/users/me/phone", {"code": sandbox.phone_code("alice", "13800138000")})
    for fault, _, _ in FAULTS:
        sandbox.fault(LOGIN, **fault)
        await backend.login(sandbox.code("bob"))

    written = logged.getvalue() + "".join(backend.answers)

    secrets = [backend.wechat_secret, *sandbox.secrets()]
    assert [secret for secret in secrets if secret in written] == []


async def test_a_user_without_unionid_signs_in(backend: Backend, sandbox: Sandbox) -> None:
    sandbox.user("alice", unionid=False)

    alice = await backend.sign_in("alice")

    assert (await alice.get("/users/me/export"))["wechat"]["unionid"] is None


async def test_the_newest_session_key_decrypts(
    backend: Backend, alice: Member, sandbox: Sandbox
) -> None:
    sandbox.user("alice", rotate_session_key=True)
    sealed = sandbox.encrypt("alice", {"openGId": "g-1"})
    body = {"encrypted_data": sealed["encrypted_data"], "iv": sealed["iv"]}
    stale = await alice.call("POST", "/users/me/wechat-data", body)

    again = await backend.sign_in("alice")
    fresh = await again.post("/users/me/wechat-data", body)

    assert stale.status_code == 400
    assert fresh["data"]["openGId"] == "g-1"


async def test_every_failure_to_decrypt_is_one_answer(
    backend: Backend, alice: Member, sandbox: Sandbox
) -> None:
    good = sandbox.encrypt("alice", {"openGId": "g-1"})
    foreign = sandbox.encrypt("alice", {"watermark": {"appid": "wx1", "timestamp": 4102444800}})
    stale = sandbox.encrypt(
        "alice", {"watermark": {"appid": "wx0000000000000001", "timestamp": 1477314187}}
    )
    wrong = [
        {"encrypted_data": good["encrypted_data"], "iv": "AAAAAAAAAAAAAAAAAAAAAA=="},
        {"encrypted_data": good["encrypted_data"][:-8] + "AAAAAAA=", "iv": good["iv"]},
        {"encrypted_data": "AAAA", "iv": good["iv"]},
        {"encrypted_data": foreign["encrypted_data"], "iv": foreign["iv"]},
        {"encrypted_data": stale["encrypted_data"], "iv": stale["iv"]},
        {"raw_data": good["raw_data"], "signature": "0" * 40},
    ]

    answers = [(await alice.call("POST", "/users/me/wechat-data", body)).json() for body in wrong]

    assert {answer["code"] for answer in answers} == {400}
    assert len({str(answer | {"request_id": ""}) for answer in answers}) == 1


async def test_a_phone_code_of_another_user_is_refused(alice: Member, sandbox: Sandbox) -> None:
    answer = await alice.call(
        "POST", "/users/me/phone", {"code": sandbox.phone_code("bob", "13800138000")}
    )

    assert (answer.status_code, answer.json()["code"]) == (400, 1302)


def _exchanges(sandbox: Sandbox) -> list[Any]:
    return [call for call in sandbox.calls() if call["path"] == LOGIN]
