"""Whatever is answered, an account comes of nothing but an account."""

import gzip
import json
from collections.abc import AsyncIterator, Iterator

import pytest

from app.adapters.wechat import HttpWeChat
from app.identity.errors import (
    WeChatUnintelligible,
)
from sandbox import Sandbox
from tests.contract.wechat_servers import KEY, LOGIN, OPENID, SECRET, at, endless, session


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start(SECRET) as sandbox:
        yield sandbox


@pytest.fixture
async def wechat(sandbox: Sandbox) -> AsyncIterator[HttpWeChat]:
    async with at(sandbox.url) as wechat:
        yield wechat


HOSTILE: dict[str, object] = {
    "nothing": "",
    "{}": "{}",
    "[]": "[]",
    "null": "null",
    "true": "true",
    "a text": '"openid"',
    "HTML": "<html><body>it works</body></html>",
    "truncated": session()[:-4],
    "two objects": session() + session(),
    "a byte order mark": "\ufeff" + session(),
    "not UTF-8": session().encode().replace(b"oGZ", b"\xff\xfe"),
    "UTF-16": session().encode("utf-16"),
    "deeply nested": "[" * 60_000,
    "a number without end": '{"errcode":' + "9" * 20_000 + "}",
    "5 MB": session(padding="x" * 5_000_000),
    "a little too much": session(padding="x" * 65_536),
    "no openid": json.dumps({"session_key": KEY}),
    "no session_key": json.dumps({"openid": OPENID}),
    "openid null": session(openid=None),
    "openid empty": session(openid=""),
    "openid a number": session(openid=42),
    "openid a list": session(openid=[OPENID]),
    "openid of 400": session(openid="o" * 400),
    "openid with U+0000": session(openid="o\0" + OPENID),
    "openid with half a character": '{"openid":"o\\ud800","session_key":"' + KEY + '"}',
    "openid with a space": session(openid=OPENID + " "),
    "openid with a line's end": session(openid=OPENID + "\n"),
    "openid with a path": session(openid="../../etc/passwd"),
    "session_key null": session(session_key=None),
    "session_key empty": session(session_key=""),
    "session_key a number": session(session_key=1),
    "session_key of 400": session(session_key="k" * 400),
    "session_key with U+0000": session(session_key="k\0"),
    "unionid a number": session(unionid=7),
    "unionid of 400": session(unionid="u" * 400),
    "errcode of 400 digits": '{"errcode":' + "9" * 400 + "}",
    "errcode null": session(errcode=None),
    "errcode a list": session(errcode=[]),
    "errcode true": session(errcode=True),
    "errcode a fraction": session(errcode=0.0),
    "errcode in words": session(errcode="none"),
    "errcode a long text": session(errcode="0" * 5000),
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
async def test_a_hostile_answer_never_gives_an_account(
    wechat: HttpWeChat, sandbox: Sandbox, body: object
) -> None:
    sandbox.fault(LOGIN, body=body if body else b"")

    with pytest.raises(WeChatUnintelligible):
        await wechat.exchange_code(sandbox.code("alice"))

    assert len(sandbox.calls()) == 1


async def test_json_is_json_whatever_its_content_type(wechat: HttpWeChat, sandbox: Sandbox) -> None:
    sandbox.fault(LOGIN, body=session().encode(), headers={"Content-Type": "image/png"})

    account = await wechat.exchange_code(sandbox.code("alice"))

    assert account.openid == OPENID


async def test_a_gzip_bomb_is_not_unpacked(wechat: HttpWeChat, sandbox: Sandbox) -> None:
    bomb = gzip.compress(session(padding="x" * 10_000_000).encode())
    sandbox.fault(LOGIN, body=bomb, headers={"Content-Encoding": "gzip"})

    with pytest.raises(WeChatUnintelligible):
        await wechat.exchange_code(sandbox.code("alice"))

    assert len(bomb) < 64 * 1024


async def test_what_is_compressed_is_not_unpacked_however_small(
    wechat: HttpWeChat, sandbox: Sandbox
) -> None:
    small = gzip.compress(session().encode())
    sandbox.fault(LOGIN, body=small, headers={"Content-Encoding": "gzip"})

    with pytest.raises(WeChatUnintelligible):
        await wechat.exchange_code(sandbox.code("alice"))


async def test_a_large_body_is_not_read_to_its_end() -> None:
    async with endless() as url, at(url) as wechat:
        with pytest.raises(WeChatUnintelligible):
            await wechat.exchange_code("code")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(
    wechat: HttpWeChat, sandbox: Sandbox, status: int
) -> None:
    sandbox.fault(LOGIN, status=status)

    with pytest.raises(WeChatUnintelligible):
        await wechat.exchange_code(sandbox.code("alice"))

    assert len(sandbox.calls()) == 1


@pytest.mark.parametrize("status", [201, 204, 400, 401, 403, 404])
async def test_a_status_that_wechat_never_gives_is_no_answer(
    wechat: HttpWeChat, sandbox: Sandbox, status: int
) -> None:
    sandbox.fault(LOGIN, status=status, body=session())

    with pytest.raises(WeChatUnintelligible):
        await wechat.exchange_code(sandbox.code("alice"))
