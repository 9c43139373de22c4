"""A code becomes an account exactly once, or an error that says what to do; nothing in between."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.adapters.wechat import HttpWeChat, open_wechat
from app.identity.errors import (
    CodeInvalid,
    CodeUsed,
    LimitedByWeChat,
    RefusedByWeChat,
    WeChatMisconfigured,
    WeChatUnavailable,
    WeChatUnintelligible,
)
from app.kernel.clock import utc_now
from app.kernel.errors import BadInput, Failure
from sandbox import Sandbox
from tests.contract.wechat_servers import (
    KEY,
    LOGIN,
    OPENID,
    SECRET,
    at,
    full,
    impostor,
    resetting,
    settings,
    trickling,
)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start(SECRET) as sandbox:
        yield sandbox


@pytest.fixture
async def wechat(sandbox: Sandbox) -> AsyncIterator[HttpWeChat]:
    async with at(sandbox.url) as wechat:
        yield wechat


@pytest.fixture
async def hasty(sandbox: Sandbox) -> AsyncIterator[HttpWeChat]:
    """One that waits for 50 ms only."""
    async with at(sandbox.url, read=0.05) as wechat:
        yield wechat


async def test_a_code_becomes_the_account_of_its_user(wechat: HttpWeChat, sandbox: Sandbox) -> None:
    known = sandbox.user("alice")

    account = await wechat.exchange_code(sandbox.code("alice"))

    assert (account.appid, account.openid, account.unionid) == (
        sandbox.appid,
        known["openid"],
        known["unionid"],
    )
    assert account.session_key in sandbox.secrets()


async def test_a_user_may_have_no_unionid(wechat: HttpWeChat, sandbox: Sandbox) -> None:
    sandbox.user("alice", unionid=False)

    account = await wechat.exchange_code(sandbox.code("alice"))

    assert account.unionid is None


ONE_CALL_ONLY: list[dict[str, Any]] = [
    {"drop": True},
    {"drop": True, "consume": True},
    {"errcode": -1},
    {"errcode": -1, "consume": True},
    {"status": 500},
    {"status": 502},
    {"status": 429},
]


@pytest.mark.parametrize("fault", ONE_CALL_ONLY, ids=str)
async def test_nothing_is_retried_after_bytes_were_sent(
    wechat: HttpWeChat, sandbox: Sandbox, fault: dict[str, Any]
) -> None:
    sandbox.fault(LOGIN, **fault)

    with pytest.raises(WeChatUnavailable) as failure:
        await wechat.exchange_code(sandbox.code("alice"))

    assert failure.value.retry == "new_code"
    assert len(sandbox.calls()) == 1


@pytest.mark.parametrize("fault", [{"drop": True}, {"errcode": -1}], ids=str)
async def test_nothing_is_retried_on_a_connection_that_served_before(
    wechat: HttpWeChat, sandbox: Sandbox, fault: dict[str, Any]
) -> None:
    await wechat.exchange_code(sandbox.code("alice"))
    sandbox.fault(LOGIN, **fault)

    with pytest.raises(WeChatUnavailable):
        await wechat.exchange_code(sandbox.code("alice"))

    assert len(sandbox.calls()) == 2


async def test_a_late_answer_is_not_waited_for_and_not_asked_for_again(
    hasty: HttpWeChat, sandbox: Sandbox
) -> None:
    sandbox.fault(LOGIN, delay_seconds=30)

    with pytest.raises(WeChatUnavailable) as failure:
        await asyncio.wait_for(hasty.exchange_code(sandbox.code("alice")), timeout=3)

    assert failure.value.retry == "new_code"
    assert [call["outcome"] for call in sandbox.calls()] == ["delayed"]


async def test_a_reset_is_not_asked_again() -> None:
    async with resetting() as (url, asked), at(url) as wechat:
        with pytest.raises(WeChatUnavailable):
            await wechat.exchange_code("code")

    assert len(asked) == 1


async def test_an_answer_that_trickles_ends_with_the_time_for_the_whole_call() -> None:
    async with trickling() as url, at(url, read=5, total=0.1) as wechat:
        with pytest.raises(WeChatUnavailable):
            await asyncio.wait_for(wechat.exchange_code("code"), timeout=4)


async def test_a_server_that_does_not_take_the_connection_is_given_up() -> None:
    async with full() as url, at(url, connect=0.05) as wechat:
        with pytest.raises(WeChatUnavailable):
            await asyncio.wait_for(wechat.exchange_code("code"), timeout=4)


async def test_wechat_out_of_reach_is_unavailable(wechat: HttpWeChat, sandbox: Sandbox) -> None:
    sandbox.stop()

    with pytest.raises(WeChatUnavailable):
        await wechat.exchange_code("code")


async def test_a_lost_answer_is_mended_by_a_new_code(wechat: HttpWeChat, sandbox: Sandbox) -> None:
    sandbox.fault(LOGIN, drop=True, consume=True)
    with pytest.raises(WeChatUnavailable):
        await wechat.exchange_code(sandbox.code("alice"))

    account = await wechat.exchange_code(sandbox.code("alice"))

    assert account.openid == sandbox.user("alice")["openid"]


async def test_a_code_that_was_used_is_told_from_one_that_is_unknown(
    wechat: HttpWeChat, sandbox: Sandbox
) -> None:
    code = sandbox.code("alice")
    await wechat.exchange_code(code)

    with pytest.raises(CodeUsed):
        await wechat.exchange_code(code)
    with pytest.raises(CodeInvalid):
        await wechat.exchange_code("no-such-code")


async def test_a_code_of_five_minutes_is_too_old(wechat: HttpWeChat, sandbox: Sandbox) -> None:
    code = sandbox.code("alice")
    sandbox.advance(301)

    with pytest.raises(CodeInvalid):
        await wechat.exchange_code(code)


async def test_a_code_of_another_mini_program_is_invalid(
    wechat: HttpWeChat, sandbox: Sandbox
) -> None:
    with pytest.raises(CodeInvalid):
        await wechat.exchange_code(sandbox.code("alice", "wx0000000000000002"))


ERRCODES: list[tuple[int, type[Failure]]] = [
    (-1, WeChatUnavailable),
    (40029, CodeInvalid),
    (40163, CodeUsed),
    (40226, RefusedByWeChat),
    (45011, LimitedByWeChat),
    (40013, WeChatMisconfigured),
    (40125, WeChatMisconfigured),
    (40164, WeChatMisconfigured),
    (40243, WeChatMisconfigured),
    (41002, WeChatMisconfigured),
    (41004, WeChatMisconfigured),
    (50004, WeChatMisconfigured),
    (40001, WeChatUnintelligible),
    (41008, WeChatUnintelligible),
    (45009, WeChatUnintelligible),
    (99999, WeChatUnintelligible),
]


@pytest.mark.parametrize(("errcode", "failure"), ERRCODES)
async def test_an_errcode_with_http_200_is_an_error(
    wechat: HttpWeChat, sandbox: Sandbox, errcode: int, failure: type[Failure]
) -> None:
    sandbox.fault(LOGIN, errcode=errcode)

    with pytest.raises(Failure) as raised:
        await wechat.exchange_code(sandbox.code("alice"))

    assert type(raised.value) is failure


async def test_an_errcode_may_be_text(wechat: HttpWeChat, sandbox: Sandbox) -> None:
    sandbox.fault(LOGIN, body={"errcode": "40163", "errmsg": "code been used"})

    with pytest.raises(CodeUsed):
        await wechat.exchange_code(sandbox.code("alice"))


@pytest.mark.parametrize("errcode", [0, "0"])
async def test_an_errcode_of_zero_is_none(
    wechat: HttpWeChat, sandbox: Sandbox, errcode: object
) -> None:
    body = {"errcode": errcode, "openid": OPENID, "session_key": KEY, "expires_in": 7200}
    sandbox.fault(LOGIN, body=body)

    account = await wechat.exchange_code(sandbox.code("alice"))

    assert (account.openid, account.unionid) == (OPENID, None)


async def test_who_is_limited_learns_how_long(wechat: HttpWeChat, sandbox: Sandbox) -> None:
    sandbox.fault(LOGIN, errcode=45011)

    with pytest.raises(LimitedByWeChat) as failure:
        await wechat.exchange_code(sandbox.code("alice"))

    assert failure.value.retry_after_seconds == 60


async def test_what_the_client_of_a_user_sends_opens_with_the_newest_session_key(
    wechat: HttpWeChat, sandbox: Sandbox
) -> None:
    old = await wechat.exchange_code(sandbox.code("alice"))
    sandbox.user("alice", rotate_session_key=True)
    new = await wechat.exchange_code(sandbox.code("alice"))
    sent = sandbox.encrypt("alice", {"openGId": "g-1"})

    sealed = wechat.open_sealed_data(new, sent["encrypted_data"], sent["iv"], utc_now())
    signed = wechat.verify_raw_data(new, sent["raw_data"], sent["signature"])

    assert (sealed["openGId"], signed) == ("g-1", {"openGId": "g-1"})
    with pytest.raises(BadInput):
        wechat.open_sealed_data(old, sent["encrypted_data"], sent["iv"], utc_now())
    with pytest.raises(BadInput):
        wechat.verify_raw_data(old, sent["raw_data"], sent["signature"])


async def test_a_server_without_wechat_s_certificate_is_told_nothing(tmp_path: Path) -> None:
    async with impostor(tmp_path) as (url, heard), at(url) as wechat:
        with pytest.raises(WeChatUnavailable):
            await wechat.exchange_code("code")

    assert b"".join(heard) == b""


async def test_no_proxy_of_the_environment_is_asked(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)

    async with at(sandbox.url) as wechat:
        account = await wechat.exchange_code(sandbox.code("alice"))

    assert account.openid == sandbox.user("alice")["openid"]


async def test_each_call_is_told_to_whoever_counts(sandbox: Sandbox) -> None:
    told: list[tuple[str, str]] = []
    faults: list[dict[str, Any]] = [{"errcode": 40029}, {"errcode": 12345}, {"drop": True}]
    faults += [{"body": "{}"}, {"body": {"errcode": []}}]
    for fault in faults:
        sandbox.fault(LOGIN, **fault)

    wechat = open_wechat(settings(sandbox.url), utc_now, lambda *call: told.append(call))
    for _ in range(6):
        try:
            await wechat.exchange_code(sandbox.code("alice"))
        except Failure:
            continue
    await wechat.close()

    assert {path for path, _ in told} == {LOGIN}
    assert [outcome for _, outcome in told] == [
        "errcode_40029",
        "errcode_other",
        "unavailable",
        "ok",
        "unintelligible",
        "ok",
    ]
