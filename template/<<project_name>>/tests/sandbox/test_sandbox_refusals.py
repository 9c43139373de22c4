"""Wrong input to a control route is refused in one sentence, and changes nothing."""

from typing import Any

import httpx
import pytest

from sandbox import Sandbox
from tests.sandbox.asking import LOGIN

WRONG: list[tuple[str, Any]] = [
    ("codes", {}),
    ("codes", []),
    ("codes", None),
    ("codes", {"user": ""}),
    ("codes", {"user": "  "}),
    ("codes", {"user": 1}),
    ("codes", {"user": None}),
    ("codes", {"user": "a\0b"}),
    ("codes", {"user": "a" * 129}),
    ("codes", {"user": "alice", "appid": 1}),
    ("codes", {"user": "alice", "code": "mine"}),
    ("phone-codes", {"user": "alice"}),
    ("phone-codes", {"user": "alice", "phone": 13800138000}),
    ("phone-codes", {"user": "alice", "phone": "call me"}),
    ("phone-codes", {"user": "alice", "phone": "+1"}),
    ("users", {"user": "alice", "unionid": "yes"}),
    ("users", {"user": "alice", "unionid": None}),
    ("users", {"user": "alice", "blocked": 1}),
    ("users", {"user": "alice", "rotate_session_key": "true"}),
    ("encrypt", {"user": "alice"}),
    ("encrypt", {"user": "alice", "data": []}),
    ("encrypt", {"user": "alice", "data": "{}"}),
    ("faults", {"errcode": -1}),
    ("faults", {"path": LOGIN}),
    ("faults", {"path": "/no/such/path", "errcode": -1}),
    ("faults", {"path": "/_sandbox/codes", "errcode": -1}),
    ("faults", {"path": LOGIN, "errcode": "-1"}),
    ("faults", {"path": LOGIN, "errcode": True}),
    ("faults", {"path": LOGIN, "errcode": -1, "status": 500}),
    ("faults", {"path": LOGIN, "status": 99}),
    ("faults", {"path": LOGIN, "status": 600}),
    ("faults", {"path": LOGIN, "delay_seconds": -1}),
    ("faults", {"path": LOGIN, "delay_seconds": "1"}),
    ("faults", {"path": LOGIN, "drop": False}),
    ("faults", {"path": LOGIN, "drop": 1}),
    ("faults", {"path": LOGIN, "drop": True, "body": "{}"}),
    ("faults", {"path": LOGIN, "errcode": -1, "times": 0}),
    ("faults", {"path": LOGIN, "errcode": -1, "times": 1.5}),
    ("faults", {"path": LOGIN, "errcode": -1, "consume": "no"}),
    ("faults", {"path": LOGIN, "errcode": -1, "header": {}}),
    ("clock", {}),
    ("clock", {"advance_seconds": "301"}),
    ("clock", {"advance_seconds": True}),
    ("clock", {"advance_seconds": -1}),
    ("clock", {"advance_seconds": 1e300}),
    ("reset", {"really": True}),
]


@pytest.mark.parametrize(("route", "body"), WRONG, ids=str)
def test_wrong_input_is_refused_in_one_sentence(
    client: httpx.Client, route: str, body: object
) -> None:
    answer = client.post(f"/_sandbox/{route}", json=body)

    assert answer.status_code == 400
    assert set(answer.json()) == {"error"}
    assert answer.json()["error"].endswith(".")
    assert "\n" not in answer.json()["error"]


@pytest.mark.parametrize("body", [b"{", b"user=alice", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_refused(client: httpx.Client, body: bytes) -> None:
    answer = client.post("/_sandbox/codes", content=body)

    assert (answer.status_code, answer.json()["error"]) == (400, "The body must be a JSON object.")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/_sandbox/codes", 405),
        ("POST", "/_sandbox/calls", 405),
        ("DELETE", "/_sandbox/reset", 405),
        ("GET", "/_sandbox/", 404),
        ("POST", "/_sandbox/nothing", 404),
    ],
)
def test_other_routes_and_methods_are_refused(
    client: httpx.Client, method: str, path: str, status: int
) -> None:
    answer = client.request(method, path)

    assert answer.status_code == status
    assert set(answer.json()) == {"error"}


def test_the_methods_of_python_refuse_what_the_routes_refuse(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match=r"phone must be digits"):
        sandbox.phone_code("alice", "call me")
