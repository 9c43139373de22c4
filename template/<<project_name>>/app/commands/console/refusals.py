"""Why a command did not do what it was asked to; each is told in one sentence."""

from ...identity.errors import UserNotFound, WeChatMisconfigured, WeChatUnavailable
from ...kernel.errors import (
    AuditUnavailable,
    DatabaseBusy,
    DatabaseUnavailable,
    Failure,
    KeyServiceUnavailable,
)


class CannotDo(Exception):
    """Ends the process with 1; the text says what to do about it."""

    exit_code = 1


class CalledWrongly(CannotDo):
    """Ends the process with 2."""

    exit_code = 2


_SENTENCES: dict[type[Failure], str] = {
    DatabaseUnavailable: "The database cannot be reached; is it there, and right in DATABASE_URL?",
    DatabaseBusy: "The database is busy; try again.",
    KeyServiceUnavailable: "The keys to personal data cannot be had; see the ENCRYPTION settings.",
    AuditUnavailable: "The audit trail cannot be written, so nothing was done.",
    UserNotFound: "There is no such user, or not any more.",
    WeChatMisconfigured: "WeChat refuses this server's appid, secret or address.",
    WeChatUnavailable: "WeChat cannot be reached.",
}


def explain(failure: Failure) -> str:
    for kind in type(failure).__mro__:
        if kind in _SENTENCES:
            return _SENTENCES[kind]
    return f"It was refused with code {failure.code} ({type(failure).__name__})."
