"""A phone button's code becomes a phone number.

Source: developers.weixin.qq.com, getPhoneNumber.
"""

import re
from collections.abc import Mapping
from typing import Any

from ...identity.errors import WeChatUnintelligible
from .errcodes import PHONE, errcode_of, failure_for
from .stable_token import AuthorisedCalls

PATH = "/wxa/business/getuserphonenumber"
CHINA = "86"
NUMBER = re.compile(r"[0-9]{4,14}")
COUNTRY = re.compile(r"[1-9][0-9]{0,3}")


class PhoneNumbers:
    def __init__(self, calls: AuthorisedCalls, appid: str) -> None:
        self._calls = calls
        self._appid = appid

    async def phone_number(self, code: str, openid: str) -> str:
        """With `openid`, so that WeChat refuses a code which another user was given."""
        answer = await self._calls.post(PATH, {"code": code, "openid": openid})
        errcode = errcode_of(answer)
        if errcode != 0:
            raise failure_for(errcode, PHONE)
        return _number(answer.get("phone_info"), self._appid)


def _number(info: Any, appid: str) -> str:
    if not isinstance(info, Mapping) or not isinstance(info.get("watermark"), Mapping):
        raise WeChatUnintelligible(f"{PATH}: phone_info is missing or odd")
    if info["watermark"].get("appid") != appid:
        raise WeChatUnintelligible(f"{PATH}: watermark of another mini-program")
    number, country = info.get("purePhoneNumber"), info.get("countryCode")
    # Text in WeChat's table of fields, a number in its example.
    country = str(country) if type(country) is int else country
    if not _has_form(number, NUMBER) or not _has_form(country, COUNTRY):
        raise WeChatUnintelligible(f"{PATH}: number or country is missing or odd")
    return str(number) if country == CHINA else f"+{country}{number}"


def _has_form(value: object, form: re.Pattern[str]) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None
