"""What WeChat is asked: whose a login code is, a token of our own, whose number a phone code is.

A code is asked for once, never twice: it becomes what it stands for, or one of identity's errors.
The token is the app's own, for WeChat's calls that need one. Only `stable_token` is asked, since it
gives every process the same token; and it is never forced, since that would end the token of all
the others.
Source: developers.weixin.qq.com, code2Session, getStableAccessToken and getPhoneNumber.
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import SecretStr

from ...identity.domain import WeChatAccount
from ...identity.errors import WeChatUnintelligible
from ...kernel.clock import Clock
from .client import Members, WeChatClient
from .errcodes import LOGIN, PHONE, TOKEN_REFUSED, errcode_of, failure_for

LOGIN_PATH = "/sns/jscode2session"
ACCESS_PATH = "/cgi-bin/stable_token"
PHONE_PATH = "/wxa/business/getuserphonenumber"

OPENID = re.compile(r"[A-Za-z0-9_-]{1,64}")
SESSION_KEY = re.compile(r"[\x21-\x7e]{1,128}")

MARGIN = timedelta(seconds=60)
LONGEST_SECONDS = 7200

CHINA = "86"
NUMBER = re.compile(r"[0-9]{4,14}")
COUNTRY = re.compile(r"[1-9][0-9]{0,3}")


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
        return _account(self._appid, await self._client.get(LOGIN_PATH, query))


@dataclass(frozen=True, slots=True)
class StableToken:
    text: SecretStr
    use_until: datetime


class AuthorisedCalls:
    """Holds one token, and asks for another at most once at a time, whoever waits for it."""

    def __init__(self, client: WeChatClient, appid: str, secret: SecretStr, clock: Clock) -> None:
        self._client = client
        self._appid = appid
        self._secret = secret
        self._clock = clock
        self._held: StableToken | None = None
        self._refresh: asyncio.Task[StableToken] | None = None

    async def post(self, path: str, body: Members) -> Mapping[str, Any]:
        """WeChat's answer, whatever its errcode; a refused token is replaced once.

        WeChat looks at the token before it looks at the body, so nothing is done twice.
        """
        token = await self.token()
        answer = await self._client.post(path, {"access_token": token}, body)
        if errcode_of(answer) not in TOKEN_REFUSED:
            return answer
        token = await self.token(refused=token)
        return await self._client.post(path, {"access_token": token}, body)

    async def token(self, refused: SecretStr | None = None) -> SecretStr:
        """`refused` is one that WeChat would not take: another is fetched, unless one was."""
        held = self._held
        if held is not None and held.text != refused and self._clock() < held.use_until:
            return held.text
        if self._refresh is None:
            self._refresh = asyncio.create_task(self._fetch())
            self._refresh.add_done_callback(self._done)
        # Shielded: one caller that gives up must not take the token from the others.
        return (await asyncio.shield(self._refresh)).text

    async def close(self) -> None:
        if self._refresh is not None:
            self._refresh.cancel()

    async def _fetch(self) -> StableToken:
        body: Members = {
            "grant_type": "client_credential",
            "appid": self._appid,
            "secret": self._secret,
            "force_refresh": False,
        }
        asked_at = self._clock()
        self._held = _token(await self._client.post(ACCESS_PATH, {}, body), asked_at)
        return self._held

    def _done(self, refresh: asyncio.Task[StableToken]) -> None:
        self._refresh = None
        if not refresh.cancelled():
            # Marks a failure as seen, even when every caller has left.
            refresh.exception()


class PhoneNumbers:
    def __init__(self, calls: AuthorisedCalls, appid: str) -> None:
        self._calls = calls
        self._appid = appid

    async def phone_number(self, code: str, openid: str) -> str:
        """With `openid`, so that WeChat refuses a code which another user was given."""
        answer = await self._calls.post(PHONE_PATH, {"code": code, "openid": openid})
        errcode = errcode_of(answer)
        if errcode != 0:
            raise failure_for(errcode, PHONE)
        return _number(answer.get("phone_info"), self._appid)


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
        raise WeChatUnintelligible(f"{LOGIN_PATH}: {name} is missing or odd")
    return value


def _token(answer: Mapping[str, Any], asked_at: datetime) -> StableToken:
    errcode = errcode_of(answer)
    if errcode != 0:
        raise failure_for(errcode, {})
    text, expires_in = answer.get("access_token"), answer.get("expires_in")
    if not isinstance(text, str) or not text or type(expires_in) is not int or expires_in <= 0:
        raise WeChatUnintelligible(f"{ACCESS_PATH}: access_token or expires_in is missing or odd")
    lifetime = timedelta(seconds=min(expires_in, LONGEST_SECONDS))
    return StableToken(SecretStr(text), asked_at + lifetime - MARGIN)


def _number(info: Any, appid: str) -> str:
    if not isinstance(info, Mapping) or not isinstance(info.get("watermark"), Mapping):
        raise WeChatUnintelligible(f"{PHONE_PATH}: phone_info is missing or odd")
    if info["watermark"].get("appid") != appid:
        raise WeChatUnintelligible(f"{PHONE_PATH}: watermark of another mini-program")
    number, country = info.get("purePhoneNumber"), info.get("countryCode")
    # Text in WeChat's table of fields, a number in its example.
    country = str(country) if type(country) is int else country
    if not _has_form(number, NUMBER) or not _has_form(country, COUNTRY):
        raise WeChatUnintelligible(f"{PHONE_PATH}: number or country is missing or odd")
    return str(number) if country == CHINA else f"+{country}{number}"


def _has_form(value: object, form: re.Pattern[str]) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None
