"""WeChat's numbers as this product's errors.

Source: developers.weixin.qq.com, the error tables of code2Session, getStableAccessToken and
getPhoneNumber; 40163 is on none of them, and observed by many.
"""

from collections.abc import Mapping

from ...identity.errors import (
    CodeInvalid,
    CodeUsed,
    LimitedByWeChat,
    PhoneCodeInvalid,
    RefusedByWeChat,
    WeChatMisconfigured,
    WeChatUnavailable,
    WeChatUnintelligible,
)
from ...kernel.errors import Failure

LIMITED_SECONDS = 60
"""45011 counts by the minute."""

TOKEN_REFUSED = frozenset({40001, 40014, 42001})
"""The access token is wrong or over: a new one may help, once."""

MISCONFIGURED = frozenset(
    {40002, 40013, 40125, 40164, 40243, 41002, 41004, 50004, 50007, 89503, 89506, 89507}
)
"""Appid, secret, address list, or the account's own state; only an operator can help."""

LOGIN: Mapping[int, type[Failure]] = {40029: CodeInvalid, 40163: CodeUsed, 40226: RefusedByWeChat}
PHONE: Mapping[int, type[Failure]] = {
    40029: PhoneCodeInvalid,
    40163: PhoneCodeInvalid,
    40226: RefusedByWeChat,
}


def errcode_of(answer: Mapping[str, object]) -> int:
    """0 when there is none, as on success; some pages document it as text.

    Raises WeChatUnintelligible when it is no number.
    """
    errcode = answer.get("errcode", 0)
    if type(errcode) is int and abs(errcode) < 10**16:
        return errcode
    if isinstance(errcode, str) and len(errcode) <= 16:
        try:
            return int(errcode)
        except ValueError:
            pass
    raise WeChatUnintelligible("errcode is no number")


def failure_for(errcode: int, of_this_path: Mapping[int, type[Failure]]) -> Failure:
    detail = f"errcode {errcode}"
    if errcode == -1:
        return WeChatUnavailable(detail)
    if errcode == 45011:
        return LimitedByWeChat(detail, retry_after_seconds=LIMITED_SECONDS)
    if errcode in MISCONFIGURED:
        return WeChatMisconfigured(detail)
    return of_this_path.get(errcode, WeChatUnintelligible)(detail)


def label_for(errcode: int) -> str:
    """For metrics: what is not known is one label, or WeChat could fill the store with them."""
    known = {-1, 45009, 45011} | MISCONFIGURED | TOKEN_REFUSED | set(LOGIN) | set(PHONE)
    if errcode == 0:
        return "ok"
    return f"errcode_{errcode}" if errcode in known else "errcode_other"
