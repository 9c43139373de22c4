"""Why identity says no."""

from ..kernel.errors import (
    BadInput,
    Broken,
    Conflict,
    NotAllowed,
    NotFound,
    NotSignedIn,
    TooMany,
    Unavailable,
)


class UserNotFound(NotFound):
    code = 1001


class UserDisabled(NotAllowed):
    code = 1002


class CodeInvalid(NotSignedIn):
    """WeChat does not know the code, or it is older than five minutes (errcode 40029)."""

    code = 1101
    retry = "new_code"


class CodeUsed(NotSignedIn):
    """The code was exchanged before, here or at WeChat (errcode 40163)."""

    code = 1102
    retry = "new_code"


class RefusedByWeChat(NotAllowed):
    """WeChat holds this user for a risk (errcode 40226)."""

    code = 1103


class LimitedByWeChat(TooMany):
    """WeChat limits this user for the minute (errcode 45011)."""

    code = 1104


class WeChatUnavailable(Unavailable):
    """No answer, or a busy one; whether the code is spent is unknown, so a new one is needed."""

    code = 1105
    retry = "new_code"


class WeChatUnintelligible(Broken):
    """An answer that says neither yes nor a no that this service knows."""

    code = 1106


class WeChatMisconfigured(Broken):
    """WeChat refuses this server: appid, secret or address list (errcodes 40013, 40125, 40164)."""

    code = 1107


class RefreshTokenInvalid(NotSignedIn):
    code = 1201


class NoRefreshTokens(BadInput):
    """This service keeps sessions; there is nothing to refresh."""

    code = 1202


class PhoneTaken(Conflict):
    code = 1301


class PhoneCodeInvalid(BadInput):
    code = 1302
