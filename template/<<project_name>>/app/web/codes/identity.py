"""Codes of signing in, users, sessions and phones."""

from . import Code

CODES = (
    Code(
        number=1001,
        status=404,
        slug="user-not-found",
        en="There is no such user.",
        zh="用户不存在。",
    ),
    Code(
        number=1002,
        status=403,
        slug="user-disabled",
        en="This account is disabled.",
        zh="该账号已被停用。",
    ),
    Code(
        number=1101,
        status=401,
        slug="code-invalid",
        en="The sign-in code is invalid or has expired; please sign in again.",
        zh="登录凭证无效或已过期，请重新登录。",
    ),
    Code(
        number=1102,
        status=401,
        slug="code-used",
        en="The sign-in code was used before; please sign in again.",
        zh="登录凭证已被使用，请重新登录。",
    ),
    Code(
        number=1103,
        status=403,
        slug="refused-by-wechat",
        en="WeChat does not let this account sign in at the moment.",
        zh="微信暂时限制该账号登录。",
    ),
    Code(
        number=1104,
        status=429,
        slug="limited-by-wechat",
        en="WeChat asks this account to wait a moment.",
        zh="微信限制了登录频率，请稍后再试。",
        retry_after_seconds=60,
    ),
    Code(
        number=1105,
        status=503,
        slug="wechat-unavailable",
        en="WeChat cannot be reached right now; please sign in again.",
        zh="微信服务暂不可用，请重新登录。",
        retry_after_seconds=1,
    ),
    Code(
        number=1106,
        status=502,
        slug="wechat-unintelligible",
        en="WeChat gave no usable answer.",
        zh="微信返回了无法识别的结果。",
    ),
    Code(
        number=1107,
        status=500,
        slug="wechat-misconfigured",
        en="WeChat does not accept this service at the moment.",
        zh="微信拒绝了本服务的请求。",
    ),
    Code(
        number=1201,
        status=401,
        slug="refresh-token-invalid",
        en="Your sign-in has ended; please sign in again.",
        zh="登录状态已失效，请重新登录。",
    ),
    Code(
        number=1202,
        status=400,
        slug="no-refresh-tokens",
        en="This service keeps sessions, so there is nothing to refresh.",
        zh="本服务采用会话方式，无需刷新令牌。",
    ),
    Code(
        number=1301,
        status=409,
        slug="phone-taken",
        en="This phone number belongs to another account.",
        zh="该手机号已绑定其他账号。",
    ),
    Code(
        number=1302,
        status=400,
        slug="phone-code-invalid",
        en="The phone code is invalid; please press the button again.",
        zh="手机号凭证无效，请重新获取。",
    ),
)
