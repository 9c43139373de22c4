"""Calls that go wrong because a test asked for it."""

from typing import Any

import httpx
import pytest

from sandbox import Sandbox
from tests.sandbox.asking import LOGIN, control, login


def test_a_fault_happens_once_unless_told_otherwise(client: httpx.Client, sandbox: Sandbox) -> None:
    assert control(client, "faults", {"path": LOGIN, "errcode": -1}) == {}

    answers = [login(client, sandbox.code("alice")).json() for _ in range(2)]

    assert [answer.get("errcode") for answer in answers] == [-1, None]


def test_faults_happen_as_often_and_in_the_order_as_asked(
    client: httpx.Client, sandbox: Sandbox
) -> None:
    control(client, "faults", {"path": LOGIN, "errcode": 45011, "times": 2})
    control(client, "faults", {"path": LOGIN, "status": 503})

    answers = [login(client, sandbox.code("alice")) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 503, 200]
    assert [call["outcome"] for call in sandbox.calls()] == [
        "errcode 45011",
        "errcode 45011",
        "status 503",
        "ok",
    ]


def test_a_fault_of_one_path_leaves_the_others_alone(
    client: httpx.Client, sandbox: Sandbox
) -> None:
    control(client, "faults", {"path": "/cgi-bin/stable_token", "errcode": -1})

    assert "openid" in login(client, sandbox.code("alice")).json()


def test_an_errcode_has_wechat_s_form(client: httpx.Client) -> None:
    control(client, "faults", {"path": LOGIN, "errcode": 99999})

    answer = login(client, "code")

    assert answer.status_code == 200
    assert set(answer.json()) == {"errcode", "errmsg"}
    assert ", rid: " in answer.json()["errmsg"]


@pytest.mark.parametrize(
    "fault",
    [{"errcode": -1}, {"status": 500}, {"body": "{}"}, {"drop": True}, {"delay_seconds": 0.01}],
    ids=str,
)
def test_consume_spends_the_code_first(
    client: httpx.Client, sandbox: Sandbox, fault: dict[str, Any]
) -> None:
    code = sandbox.code("alice")
    control(client, "faults", {"path": LOGIN, "consume": True, **fault})

    once(client, code)

    assert login(client, code).json()["errcode"] == 40163


@pytest.mark.parametrize(
    "fault", [{"errcode": -1}, {"status": 500}, {"body": "{}"}, {"drop": True}], ids=str
)
def test_without_consume_the_code_is_still_good(
    client: httpx.Client, sandbox: Sandbox, fault: dict[str, Any]
) -> None:
    code = sandbox.code("alice")
    control(client, "faults", {"path": LOGIN, "consume": False, **fault})

    once(client, code)

    assert "openid" in login(client, code).json()


def test_drop_closes_the_connection(client: httpx.Client) -> None:
    control(client, "faults", {"path": LOGIN, "drop": True})

    with pytest.raises(httpx.RemoteProtocolError):
        login(client, "code")


@pytest.mark.parametrize("consume", [True, False])
def test_delay_answers_late_what_it_would_have_answered(
    client: httpx.Client, sandbox: Sandbox, consume: bool
) -> None:
    control(client, "faults", {"path": LOGIN, "delay_seconds": 0.05, "consume": consume})

    answer = login(client, sandbox.code("alice"))

    assert "openid" in answer.json()
    assert answer.elapsed.total_seconds() >= 0.05


@pytest.mark.parametrize(
    ("body", "sent"),
    [("<html>", "<html>"), ("", ""), ({}, "{}"), ([], "[]"), (None, "null"), ({"a": 1}, '{"a":1}')],
)
def test_body_sends_text_as_it_is_and_all_else_as_json(
    client: httpx.Client, body: object, sent: str
) -> None:
    control(client, "faults", {"path": LOGIN, "body": body})

    answer = login(client, "code")

    assert (answer.status_code, answer.text) == (200, sent)


def test_a_large_body_comes_in_chunks(client: httpx.Client) -> None:
    control(client, "faults", {"path": LOGIN, "body": "x" * 5_000_000})

    answer = login(client, "code")

    assert len(answer.content) == 5_000_000
    assert answer.headers["transfer-encoding"] == "chunked"


def test_status_may_have_a_body(client: httpx.Client) -> None:
    control(client, "faults", {"path": LOGIN, "status": 403, "body": "no"})

    answer = login(client, "code")

    assert (answer.status_code, answer.text) == (403, "no")


def test_a_redirect_leads_to_the_same_address_or_to_the_body(client: httpx.Client) -> None:
    control(client, "faults", {"path": LOGIN, "status": 302})
    control(client, "faults", {"path": LOGIN, "status": 307, "body": "http://127.0.0.1:1/"})

    first, second = login(client, "one"), login(client, "two")

    assert first.headers["location"] == first.request.url.raw_path.decode()
    assert second.headers["location"] == "http://127.0.0.1:1/"


def test_a_status_without_a_body_has_none(client: httpx.Client) -> None:
    control(client, "faults", {"path": LOGIN, "status": 204, "body": ""})

    assert login(client, "code").status_code == 204
    assert login(client, "code").json()["errcode"] == 40029


def once(client: httpx.Client, code: str) -> None:
    """Whatever becomes of it."""
    try:
        login(client, code)
    except httpx.RemoteProtocolError:
        return
