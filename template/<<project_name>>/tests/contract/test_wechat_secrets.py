"""Secrets of WeChat's are on the wire to WeChat, and nowhere else."""

import logging
import traceback
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from app.adapters.wechat import HttpWeChat, WeChatSettings, open_wechat
from app.kernel.clock import utc_now
from app.kernel.errors import Failure
from sandbox import Sandbox

SECRET = "5f1e0c9ab37d4826a1c05be29f7d3368"
LOGIN = "/sns/jscode2session"
PHONE = "/wxa/business/getuserphonenumber"
TOKEN = "/cgi-bin/stable_token"

FAULTS: list[dict[str, Any]] = [
    {"errcode": -1},
    {"errcode": 40001},
    {"errcode": 40125},
    {"errcode": 99999},
    {"status": 302},
    {"status": 502},
    {"delay_seconds": 5},
    {"drop": True},
    {"drop": True, "consume": True},
    {"body": "<html></html>"},
    {"body": {"errcode": 40125, "errmsg": f"invalid appsecret, rid: {SECRET}"}},
    {"body": {"openid": SECRET, "session_key": ""}},
    {"body": {"access_token": "", "expires_in": SECRET}},
]


class Heard(logging.Handler):
    """Everything that any library says, formatted with all that a record carries."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.text += f"{record.name} {record.getMessage()} {record.__dict__!r}\n"


@pytest.fixture
def heard() -> Iterator[Heard]:
    heard, root = Heard(), logging.getLogger()
    before, level = {}, root.level
    root.addHandler(heard)
    root.setLevel(logging.DEBUG)
    for name, logger in list(logging.Logger.manager.loggerDict.items()):
        if isinstance(logger, logging.Logger):
            before[name] = logger.level
            logger.setLevel(logging.DEBUG)
    yield heard
    root.removeHandler(heard)
    root.setLevel(level)
    for name, was in before.items():
        logging.getLogger(name).setLevel(was)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start(SECRET) as sandbox:
        yield sandbox


@pytest.fixture
def settings(sandbox: Sandbox) -> WeChatSettings:
    return WeChatSettings(
        appid=sandbox.appid, secret=SECRET, base_url=sandbox.url, read_timeout_seconds=0.3
    )


@pytest.fixture
async def wechat(settings: WeChatSettings) -> AsyncIterator[HttpWeChat]:
    wechat = open_wechat(settings, utc_now)
    yield wechat
    await wechat.close()


async def test_no_secret_is_in_any_log_at_any_level(
    wechat: HttpWeChat, sandbox: Sandbox, heard: Heard
) -> None:
    codes, failures = await _live(wechat, sandbox)

    secrets = [SECRET, sandbox.user("alice")["openid"], *codes, *sandbox.secrets()]
    assert len(failures) == 3 * len(FAULTS) - 1
    assert "wechat.call" in heard.text
    assert [secret for secret in secrets if secret in heard.text] == []


async def test_no_secret_is_in_an_error_or_in_the_variables_of_its_traceback(
    wechat: HttpWeChat, sandbox: Sandbox
) -> None:
    faults = [fault for fault in FAULTS if "body" not in fault]

    _, failures = await _live(wechat, sandbox, faults)

    said = "".join(repr(failure) + str(failure) + _in_full(failure) for failure in failures)
    secrets = [SECRET, *sandbox.secrets()]
    assert "WireRequest" in said
    assert [secret for secret in secrets if secret in said] == []


async def test_an_error_quotes_nothing_that_wechat_said(
    wechat: HttpWeChat, sandbox: Sandbox
) -> None:
    faults = [fault for fault in FAULTS if "body" in fault]

    _, failures = await _live(wechat, sandbox, faults)

    said = "".join("".join(traceback.format_exception(failure)) for failure in failures)
    assert "html" not in said
    assert SECRET not in said


async def test_an_errcode_and_wechat_s_request_id_are_kept_for_operators_and_its_support(
    wechat: HttpWeChat, sandbox: Sandbox, heard: Heard
) -> None:
    rid = "6a1b2c3d-00000001-ffffffff"
    sandbox.fault(LOGIN, body={"errcode": 87654, "errmsg": f"something new, rid: {rid}"})

    with pytest.raises(Failure):
        await wechat.exchange_code("code")

    assert rid in heard.text
    assert "'errcode': 87654" in heard.text


async def test_nothing_that_holds_a_secret_shows_it(
    wechat: HttpWeChat, settings: WeChatSettings, sandbox: Sandbox
) -> None:
    account = await wechat.exchange_code(sandbox.code("alice"))

    said = repr(wechat) + repr(settings) + str(settings) + repr(account)

    assert SECRET not in said
    assert account.session_key not in said


async def _live(
    wechat: HttpWeChat, sandbox: Sandbox, faults: list[dict[str, Any]] = FAULTS
) -> tuple[list[str], list[Failure]]:
    """A sign-in, a phone, and every fault on every path."""
    codes, failures = [sandbox.code("alice"), sandbox.phone_code("alice", "13800138000")], []
    openid = sandbox.user("alice")["openid"]
    for path, fault in [(path, fault) for path in (TOKEN, LOGIN, PHONE) for fault in faults]:
        sandbox.fault(path, **fault)
        codes += [sandbox.code("alice"), sandbox.phone_code("alice", "13800138000")]
        try:
            if path == LOGIN:
                await wechat.exchange_code(codes[-2])
            else:
                await wechat.phone_number(codes[-1], openid)
        except Failure as failure:
            failures.append(failure)
    await wechat.exchange_code(codes[0])
    await wechat.phone_number(codes[1], openid)
    return codes, failures


def _in_full(failure: Failure) -> str:
    return "".join(
        traceback.TracebackException.from_exception(failure, capture_locals=True).format()
    )
