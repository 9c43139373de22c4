"""The app's own access token, for WeChat's calls that need one.

Only `stable_token` is asked, since it gives every process the same token; and it is never forced,
since that would end the token of all the others.
Source: developers.weixin.qq.com, getStableAccessToken.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import SecretStr

from ...identity.errors import WeChatUnintelligible
from ...kernel.clock import Clock
from .client import Members, WeChatClient
from .errcodes import TOKEN_REFUSED, errcode_of, failure_for

PATH = "/cgi-bin/stable_token"
MARGIN = timedelta(seconds=60)
LONGEST_SECONDS = 7200


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
        self._held = _token(await self._client.post(PATH, {}, body), asked_at)
        return self._held

    def _done(self, refresh: asyncio.Task[StableToken]) -> None:
        self._refresh = None
        if not refresh.cancelled():
            # Marks a failure as seen, even when every caller has left.
            refresh.exception()


def _token(answer: Mapping[str, Any], asked_at: datetime) -> StableToken:
    errcode = errcode_of(answer)
    if errcode != 0:
        raise failure_for(errcode, {})
    text, expires_in = answer.get("access_token"), answer.get("expires_in")
    if not isinstance(text, str) or not text or type(expires_in) is not int or expires_in <= 0:
        raise WeChatUnintelligible(f"{PATH}: access_token or expires_in is missing or odd")
    lifetime = timedelta(seconds=min(expires_in, LONGEST_SECONDS))
    return StableToken(SecretStr(text), asked_at + lifetime - MARGIN)
