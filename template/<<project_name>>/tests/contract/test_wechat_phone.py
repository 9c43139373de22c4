"""A phone button's code becomes a number, for the user whom it was given to."""

import json
from collections.abc import AsyncIterator, Iterator

import pytest

from app.adapters.wechat import HttpWeChat, WeChatSettings, open_wechat
from app.identity.errors import (
    LimitedByWeChat,
    PhoneCodeInvalid,
    WeChatMisconfigured,
    WeChatUnavailable,
    WeChatUnintelligible,
)
from app.kernel.clock import utc_now
from app.kernel.errors import Failure
from sandbox import Sandbox

PATH = "/wxa/business/getuserphonenumber"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start() as sandbox:
        yield sandbox


@pytest.fixture
async def wechat(sandbox: Sandbox) -> AsyncIterator[HttpWeChat]:
    settings = WeChatSettings(appid=sandbox.appid, secret="any", base_url=sandbox.url)
    wechat = open_wechat(settings, utc_now)
    yield wechat
    await wechat.close()


@pytest.mark.parametrize(
    ("entered", "number"),
    [
        ("13800138000", "13800138000"),
        ("+8613800138000", "13800138000"),
        ("+85251234567", "+85251234567"),
        ("+1 2025550123", "+12025550123"),
    ],
)
async def test_a_number_is_digits_with_a_plus_unless_it_is_chinese(
    wechat: HttpWeChat, sandbox: Sandbox, entered: str, number: str
) -> None:
    code = sandbox.phone_code("alice", entered)

    assert await wechat.phone_number(code, openid_of(sandbox, "alice")) == number


async def test_a_code_of_another_user_is_refused(wechat: HttpWeChat, sandbox: Sandbox) -> None:
    code = sandbox.phone_code("bob", "13800138000")

    with pytest.raises(PhoneCodeInvalid):
        await wechat.phone_number(code, openid_of(sandbox, "alice"))


async def test_a_code_gives_a_number_once(wechat: HttpWeChat, sandbox: Sandbox) -> None:
    code, openid = sandbox.phone_code("alice", "13800138000"), openid_of(sandbox, "alice")
    await wechat.phone_number(code, openid)

    with pytest.raises(PhoneCodeInvalid):
        await wechat.phone_number(code, openid)


async def test_a_login_code_is_no_phone_code(wechat: HttpWeChat, sandbox: Sandbox) -> None:
    with pytest.raises(PhoneCodeInvalid):
        await wechat.phone_number(sandbox.code("alice"), openid_of(sandbox, "alice"))


ERRCODES: list[tuple[int, type[Failure]]] = [
    (-1, WeChatUnavailable),
    (40013, WeChatMisconfigured),
    (40029, PhoneCodeInvalid),
    (40163, PhoneCodeInvalid),
    (45011, LimitedByWeChat),
    (99999, WeChatUnintelligible),
]


@pytest.mark.parametrize(("errcode", "failure"), ERRCODES)
async def test_an_errcode_with_http_200_is_an_error(
    wechat: HttpWeChat, sandbox: Sandbox, errcode: int, failure: type[Failure]
) -> None:
    sandbox.fault(PATH, errcode=errcode)

    with pytest.raises(Failure) as raised:
        await ask(wechat, sandbox)

    assert type(raised.value) is failure


async def test_a_lost_answer_is_not_asked_for_again(wechat: HttpWeChat, sandbox: Sandbox) -> None:
    sandbox.fault(PATH, drop=True, consume=True)

    with pytest.raises(WeChatUnavailable):
        await ask(wechat, sandbox)

    assert [call["path"] for call in sandbox.calls()].count(PATH) == 1


GOOD = {
    "purePhoneNumber": "13800138000",
    "countryCode": "86",
    "watermark": {"appid": Sandbox.appid, "timestamp": 1},
}


@pytest.mark.parametrize("country", ["86", 86])
async def test_a_country_is_text_or_a_number(
    wechat: HttpWeChat, sandbox: Sandbox, country: object
) -> None:
    sandbox.fault(PATH, body={"errcode": 0, "phone_info": GOOD | {"countryCode": country}})

    assert await ask(wechat, sandbox) == "13800138000"


HOSTILE: dict[str, object] = {
    "no info": None,
    "a list": [],
    "no watermark": {"purePhoneNumber": "13800138000", "countryCode": "86"},
    "a watermark of another": GOOD | {"watermark": {"appid": "wx0000000000000002"}},
    "a watermark without appid": GOOD | {"watermark": {"timestamp": 1}},
    "a number of type number": GOOD | {"purePhoneNumber": 13800138000},
    "a number of letters": GOOD | {"purePhoneNumber": "13800abc000"},
    "a number of other digits": GOOD | {"purePhoneNumber": "١٣٨٠٠١٣٨٠٠٠"},
    "an empty number": GOOD | {"purePhoneNumber": ""},
    "a long number": GOOD | {"purePhoneNumber": "1" * 400},
    "a number with U+0000": GOOD | {"purePhoneNumber": "1380013800\0"},
    "no country": GOOD | {"countryCode": None},
    "a country true": GOOD | {"countryCode": True},
    "a country of letters": GOOD | {"countryCode": "CN"},
    "a country below zero": GOOD | {"countryCode": -86},
}


@pytest.mark.parametrize("info", HOSTILE.values(), ids=HOSTILE.keys())
async def test_a_hostile_answer_never_gives_a_number(
    wechat: HttpWeChat, sandbox: Sandbox, info: object
) -> None:
    sandbox.fault(PATH, body=json.dumps({"errcode": 0, "errmsg": "ok", "phone_info": info}))

    with pytest.raises(WeChatUnintelligible):
        await ask(wechat, sandbox)


def openid_of(sandbox: Sandbox, user: str) -> str:
    return str(sandbox.user(user)["openid"])


async def ask(wechat: HttpWeChat, sandbox: Sandbox) -> str:
    code = sandbox.phone_code("alice", "13800138000")
    return await wechat.phone_number(code, openid_of(sandbox, "alice"))
