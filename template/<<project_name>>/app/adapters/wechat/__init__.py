"""WeChat as this backend meets it: codes, phones, and what a client's session_key proves.

Whole, over HTTP: what identity asks of it, and what `doctor` does.
"""

from datetime import datetime

from ...identity.domain import WeChatAccount
from ...kernel.clock import Clock
from . import signatures
from .calls import AuthorisedCalls, Login, PhoneNumbers
from .client import OnAnswer, WeChatClient
from .settings import WeChatSettings as WeChatSettings


class HttpWeChat:
    """Fulfils identity's `WeChat`."""

    def __init__(self, settings: WeChatSettings, client: WeChatClient, clock: Clock) -> None:
        self._client = client
        self._calls = AuthorisedCalls(client, settings.appid, settings.secret, clock)
        self._login = Login(client, settings.appid, settings.secret)
        self._phones = PhoneNumbers(self._calls, settings.appid)

    async def exchange_code(self, code: str) -> WeChatAccount:
        return await self._login.exchange_code(code)

    async def phone_number(self, code: str, openid: str) -> str:
        return await self._phones.phone_number(code, openid)

    def open_sealed_data(
        self, account: WeChatAccount, encrypted_data: str, iv: str, now: datetime
    ) -> dict[str, object]:
        return signatures.open_sealed_data(account, encrypted_data, iv, now)

    def verify_raw_data(
        self, account: WeChatAccount, raw_data: str, signature: str
    ) -> dict[str, object]:
        return signatures.verify_raw_data(account, raw_data, signature)

    async def check(self) -> None:
        """For operators: are appid, secret and address list right?

        Raises WeChatMisconfigured, whose text has the errcode, or WeChatUnavailable.
        """
        await self._calls.token()

    async def close(self) -> None:
        await self._calls.close()
        await self._client.close()


def open_wechat(
    settings: WeChatSettings, clock: Clock, on_answer: OnAnswer | None = None
) -> HttpWeChat:
    """`on_answer` is told path and outcome of each call, for metrics; connects to nothing yet."""
    return HttpWeChat(settings, WeChatClient(settings, on_answer), clock)
