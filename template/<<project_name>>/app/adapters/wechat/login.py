"""A `wx.login` code becomes an account, or one of identity's errors; asked once, never twice.

Source: developers.weixin.qq.com, code2Session.
"""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import SecretStr

from ...identity.domain import WeChatAccount
from ...identity.errors import WeChatUnintelligible
from .client import Members, WeChatClient
from .errcodes import LOGIN, errcode_of, failure_for

PATH = "/sns/jscode2session"
OPENID = re.compile(r"[A-Za-z0-9_-]{1,64}")
SESSION_KEY = re.compile(r"[\x21-\x7e]{1,128}")


class Login:
    def __init__(self, client: WeChatClient, appid: str, secret: SecretStr) -> None:
        self._client = client
        self._appid = appid
        self._secret = secret

    async def exchange_code(self, code: str) -> WeChatAccount:
        query: Members = {
            "appid": self._appid,
            "secret": self._secret,
            "js_code": code,
            "grant_type": "authorization_code",
        }
        return _account(self._appid, await self._client.get(PATH, query))


def _account(appid: str, answer: Mapping[str, Any]) -> WeChatAccount:
    """An account is what has an openid and a session_key, both as WeChat makes them."""
    errcode = errcode_of(answer)
    if errcode != 0:
        raise failure_for(errcode, LOGIN)
    return WeChatAccount(
        appid=appid,
        openid=_text(answer, "openid", OPENID),
        unionid=_text(answer, "unionid", OPENID) if answer.get("unionid") else None,
        session_key=_text(answer, "session_key", SESSION_KEY),
    )


def _text(answer: Mapping[str, Any], name: str, form: re.Pattern[str]) -> str:
    value = answer.get(name)
    if not isinstance(value, str) or not form.fullmatch(value):
        raise WeChatUnintelligible(f"{PATH}: {name} is missing or odd")
    return value
