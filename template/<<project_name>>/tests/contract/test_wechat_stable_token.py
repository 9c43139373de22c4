"""The app's access token: from `stable_token` only, kept, renewed by one for all, never forced."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from app.adapters.wechat import HttpWeChat, WeChatSettings, open_wechat
from app.adapters.wechat.calls import AuthorisedCalls
from app.adapters.wechat.client import WeChatClient
from app.identity.errors import (
    WeChatMisconfigured,
    WeChatUnavailable,
    WeChatUnintelligible,
)
from app.kernel.errors import Failure
from sandbox import Sandbox
from tests.clock import TurnableClock

TOKEN = "/cgi-bin/stable_token"
PHONE = "/wxa/business/getuserphonenumber"


@pytest.fixture
def clock() -> TurnableClock:
    return TurnableClock()


@pytest.fixture
def sandbox(clock: TurnableClock) -> Iterator[Sandbox]:
    with Sandbox.start(clock=clock) as sandbox:
        yield sandbox


@pytest.fixture
def settings(sandbox: Sandbox) -> WeChatSettings:
    return WeChatSettings(appid=sandbox.appid, secret="any", base_url=sandbox.url)


@pytest.fixture
async def wechat(settings: WeChatSettings, clock: TurnableClock) -> AsyncIterator[HttpWeChat]:
    wechat = open_wechat(settings, clock)
    yield wechat
    await wechat.close()


@pytest.fixture
async def calls(settings: WeChatSettings, clock: TurnableClock) -> AsyncIterator[AuthorisedCalls]:
    client = WeChatClient(settings)
    calls = AuthorisedCalls(client, settings.appid, settings.secret, clock)
    yield calls
    await calls.close()
    await client.close()


async def test_a_token_serves_until_its_end_minus_a_margin(
    wechat: HttpWeChat, sandbox: Sandbox, clock: TurnableClock
) -> None:
    await phone(wechat, sandbox)
    clock.advance(seconds=7200 - 61)
    await phone(wechat, sandbox)
    assert asked(sandbox, TOKEN) == 1

    clock.advance(seconds=2)
    await phone(wechat, sandbox)

    assert asked(sandbox, TOKEN) == 2


async def test_a_token_that_another_process_fetched_serves_for_what_is_left_of_it(
    wechat: HttpWeChat, sandbox: Sandbox, clock: TurnableClock, calls: AuthorisedCalls
) -> None:
    await phone(wechat, sandbox)
    clock.advance(seconds=3000)
    shared = await calls.token()
    clock.advance(seconds=4139)
    assert await calls.token() == shared

    clock.advance(seconds=2)

    assert await calls.token() != shared


async def test_only_the_stable_token_is_asked_for(wechat: HttpWeChat, sandbox: Sandbox) -> None:
    await phone(wechat, sandbox)

    assert [call["path"] for call in sandbox.calls()] == [TOKEN, PHONE]


async def test_one_refresh_is_under_way_for_all_who_wait(
    wechat: HttpWeChat, sandbox: Sandbox
) -> None:
    numbers = await asyncio.gather(*(phone(wechat, sandbox) for _ in range(20)))

    assert set(numbers) == {"13800138000"}
    assert asked(sandbox, TOKEN) == 1


async def test_one_replacement_is_under_way_for_all_whose_token_was_refused(
    calls: AuthorisedCalls, sandbox: Sandbox
) -> None:
    refused = await calls.token()

    await asyncio.gather(*(calls.token(refused) for _ in range(20)))

    assert asked(sandbox, TOKEN) == 2


async def test_who_was_refused_takes_what_another_fetched_meanwhile(
    calls: AuthorisedCalls, sandbox: Sandbox, clock: TurnableClock
) -> None:
    refused = await calls.token()
    clock.advance(seconds=7200)
    fresh = await calls.token()

    assert await calls.token(refused) == fresh
    assert asked(sandbox, TOKEN) == 2


async def test_a_failed_refresh_fails_for_all_who_wait_and_is_tried_again_by_the_next(
    wechat: HttpWeChat, sandbox: Sandbox
) -> None:
    sandbox.fault(TOKEN, errcode=40125)

    answers = await asyncio.gather(
        *(phone(wechat, sandbox) for _ in range(5)), return_exceptions=True
    )

    assert {type(answer) for answer in answers} == {WeChatMisconfigured}
    assert asked(sandbox, TOKEN) == 1
    assert await phone(wechat, sandbox) == "13800138000"


async def test_one_who_gives_up_does_not_take_the_token_from_the_others(
    calls: AuthorisedCalls, sandbox: Sandbox
) -> None:
    sandbox.fault(TOKEN, delay_seconds=0.1)
    first = asyncio.create_task(calls.token())
    second = asyncio.create_task(calls.token())
    await asyncio.sleep(0)

    first.cancel()

    assert (await second).get_secret_value() in sandbox.secrets()
    assert first.cancelled()
    assert asked(sandbox, TOKEN) == 1


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
async def test_a_refused_token_is_replaced_once(
    wechat: HttpWeChat, sandbox: Sandbox, errcode: int
) -> None:
    sandbox.fault(PHONE, errcode=errcode)

    number = await phone(wechat, sandbox)

    assert number == "13800138000"
    assert (asked(sandbox, TOKEN), asked(sandbox, PHONE)) == (2, 2)


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
async def test_a_token_refused_twice_is_an_error(
    wechat: HttpWeChat, sandbox: Sandbox, errcode: int
) -> None:
    sandbox.fault(PHONE, errcode=errcode, times=9)

    with pytest.raises(WeChatUnintelligible):
        await phone(wechat, sandbox)

    assert (asked(sandbox, TOKEN), asked(sandbox, PHONE)) == (2, 2)


async def test_a_token_that_was_ended_from_outside_is_replaced(
    wechat: HttpWeChat, sandbox: Sandbox
) -> None:
    await phone(wechat, sandbox)
    sandbox.reset()

    assert await phone(wechat, sandbox) == "13800138000"


async def test_a_refresh_is_never_forced(wechat: HttpWeChat, sandbox: Sandbox) -> None:
    await phone(wechat, sandbox)
    known = sandbox.secrets()
    sandbox.fault(PHONE, errcode=40001)

    await phone(wechat, sandbox)

    assert sandbox.secrets() == known


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"access_token": "t"},
        {"expires_in": 7200},
        {"access_token": "", "expires_in": 7200},
        {"access_token": 1, "expires_in": 7200},
        {"access_token": "t", "expires_in": "7200"},
        {"access_token": "t", "expires_in": True},
        {"access_token": "t", "expires_in": 0},
        {"access_token": "t", "expires_in": -1},
    ],
    ids=str,
)
async def test_an_odd_answer_gives_no_token(
    wechat: HttpWeChat, sandbox: Sandbox, body: dict[str, object]
) -> None:
    sandbox.fault(TOKEN, body=body)

    with pytest.raises(WeChatUnintelligible):
        await phone(wechat, sandbox)

    assert asked(sandbox, PHONE) == 0


async def test_no_token_is_kept_longer_than_wechat_gives_one(
    calls: AuthorisedCalls, sandbox: Sandbox, clock: TurnableClock
) -> None:
    sandbox.fault(TOKEN, body={"access_token": "t", "expires_in": 10**12})
    await calls.token()

    clock.advance(seconds=7200)

    assert (await calls.token()).get_secret_value() != "t"


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        ({"errcode": 40164}, WeChatMisconfigured),
        ({"errcode": 40243}, WeChatMisconfigured),
        ({"drop": True}, WeChatUnavailable),
    ],
)
async def test_an_operator_can_ask_whether_wechat_takes_this_server(
    wechat: HttpWeChat, sandbox: Sandbox, fault: dict[str, int], failure: type[Failure]
) -> None:
    sandbox.fault(TOKEN, **fault)

    with pytest.raises(failure):
        await wechat.check()
    await wechat.check()


async def test_closing_ends_a_refresh(settings: WeChatSettings, sandbox: Sandbox) -> None:
    sandbox.fault(TOKEN, delay_seconds=30)
    wechat = open_wechat(settings, TurnableClock())
    waiting = asyncio.create_task(wechat.check())
    await asyncio.sleep(0)

    await wechat.close()

    with pytest.raises(asyncio.CancelledError):
        await waiting


async def phone(wechat: HttpWeChat, sandbox: Sandbox) -> str:
    code = sandbox.phone_code("alice", "13800138000")
    return await wechat.phone_number(code, str(sandbox.user("alice")["openid"]))


def asked(sandbox: Sandbox, path: str) -> int:
    return [call["path"] for call in sandbox.calls()].count(path)
