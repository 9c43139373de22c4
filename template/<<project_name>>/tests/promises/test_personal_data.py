"""Personal data: sealed at rest, masked on the way out, gone after erasure."""

import asyncio
import base64
import os
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from io import StringIO
from typing import Any
from urllib.parse import quote

from sandbox import Sandbox
from tests.house import Backend, Member

USERS = 1000 if os.environ.get("TEST_STRICT") else 100
"""A thousand take a minute or more, which is the pipeline's to wait for."""

AT_ONCE = 5


async def test_after_many_users_and_every_fault_no_personal_data_is_found(
    backend: Backend, sandbox: Sandbox, logged: StringIO
) -> None:
    names = [f"user-{number}" for number in range(USERS)]
    phones = {name: f"138{number:08d}" for number, name in enumerate(names)}
    await _meet_every_fault(backend, sandbox, names[0], phones[names[0]])

    for start in range(0, USERS, AT_ONCE):
        batch = names[start : start + AT_ONCE]
        await asyncio.gather(*(_live(backend, sandbox, name, phones[name]) for name in batch))
    await backend.flush_notes()

    written = await backend.stored_bytes() + logged.getvalue().encode()
    known = [sandbox.user(name) for name in names]
    personal = [*phones.values(), *sandbox.secrets(), backend.wechat_secret]
    personal += [user[kind] for user in known for kind in ("openid", "unionid")]
    assert len(personal) > 3 * USERS
    assert _found(personal, written) == []


async def test_a_phone_is_masked_on_every_route_but_the_export(
    alice: Member, sandbox: Sandbox
) -> None:
    code = sandbox.phone_code("alice", "13800138000")
    bound = await alice.post("/users/me/phone", {"code": code})

    assert bound["phone_masked"] == "138****8000"
    assert (await alice.get("/users/me"))["phone_masked"] == "138****8000"
    assert (await alice.get("/users/me/export"))["phone"] == "13800138000"


async def test_a_phone_belongs_to_one_user(
    backend: Backend, alice: Member, sandbox: Sandbox
) -> None:
    await alice.post("/users/me/phone", {"code": sandbox.phone_code("alice", "13800138000")})
    bob = await backend.sign_in("bob")

    code = sandbox.phone_code("bob", "13800138000")
    answer = await bob.call("POST", "/users/me/phone", {"code": code})

    assert (answer.status_code, answer.json()["code"]) == (409, 1301)


async def test_an_export_holds_all_that_is_kept_and_is_audited(
    backend: Backend, alice: Member, sandbox: Sandbox
) -> None:
    await alice.post("/orders", {"items": [{"sku": "tea-1", "quantity": 1}]})

    export = await alice.get("/users/me/export")

    assert set(export) == {"user", "phone", "wechat", "sessions", "orders"}
    assert export["wechat"]["openid"] == sandbox.user("alice")["openid"]
    assert [order["total"] for order in export["orders"]] == [1999]
    assert "session_key" not in str(export)
    assert "identity.export" in await backend.audited_actions()


async def test_erasure_leaves_no_sealed_value_index_or_session(
    backend: Backend, alice: Member, sandbox: Sandbox
) -> None:
    await alice.post("/users/me/phone", {"code": sandbox.phone_code("alice", "13800138000")})

    await alice.delete("/users/me")

    [row] = await backend.rows("users")
    kept = {name for name, value in row.items() if value not in (None, "")}
    assert kept == {"id", "appid", "token_version", "created_at", "updated_at", "erased_at"}
    assert await backend.rows("sessions") == []
    assert "identity.erase" in await backend.audited_actions()


async def test_an_erasure_is_told_to_the_other_modules(backend: Backend, alice: Member) -> None:
    await alice.delete("/users/me")

    told = [(row["name"], row["subject"]) for row in await backend.rows("outbox")]
    assert told == [("identity.erased", alice.id)]


async def test_the_phone_of_an_erased_user_is_free_again(
    backend: Backend, alice: Member, sandbox: Sandbox
) -> None:
    await alice.post("/users/me/phone", {"code": sandbox.phone_code("alice", "13800138000")})
    await alice.delete("/users/me")
    bob = await backend.sign_in("bob")

    bound = await bob.post("/users/me/phone", {"code": sandbox.phone_code("bob", "13800138000")})

    assert bound["phone_masked"] == "138****8000"


async def test_without_the_key_service_what_needs_keys_says_so_and_the_rest_goes_on(
    without_key_service: AbstractAsyncContextManager[Backend], alice: Member
) -> None:
    async with without_key_service as process:
        refused = await process.login_as("bob")
        listed = await process.call("GET", "/orders", alice.access_token)
        left = await process.call("POST", "/auth/logout", alice.access_token)

    assert (refused.status_code, refused.json()["code"]) == (503, 9003)
    assert (listed.status_code, left.status_code) == (200, 200)


FAULTS: list[dict[str, Any]] = [
    *({"errcode": errcode} for errcode in (40029, 40163, 40226, 45011, -1, 40013, 99999)),
    {"status": 500},
    {"drop": True},
    {"drop": True, "consume": True},
    {"body": "<html>"},
    {"body": {"session_key": "k", "openid": 7}},
]


async def _meet_every_fault(backend: Backend, sandbox: Sandbox, name: str, phone: str) -> None:
    for fault in FAULTS:
        sandbox.fault("/sns/jscode2session", **fault)
        await backend.login(sandbox.code(name))
    member = await backend.sign_in(name)
    for path in ("/cgi-bin/stable_token", "/wxa/business/getuserphonenumber"):
        for fault in FAULTS:
            sandbox.fault(path, **fault)
            await member.call("POST", "/users/me/phone", {"code": sandbox.phone_code(name, phone)})


async def _live(backend: Backend, sandbox: Sandbox, name: str, phone: str) -> None:
    member = await backend.sign_in(name)
    await member.post("/users/me/phone", {"code": sandbox.phone_code(name, phone)})
    await member.call("POST", "/users/me/phone", {"code": "no-such-code"})
    await member.get("/users/me/export")


def _found(personal: list[str], written: bytes) -> list[str]:
    return [value for value in personal if any(form in written for form in _forms(value))]


def _forms(value: str) -> Iterator[bytes]:
    raw = value.encode()
    yield raw
    yield base64.b64encode(raw).rstrip(b"=")[:-1]
    yield base64.urlsafe_b64encode(raw).rstrip(b"=")[:-1]
    yield raw.hex().encode()
    yield quote(value, safe="").encode()
