"""All that is kept about a user, as the user takes it home."""

from typing import Any

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from ...identity.application.accounts import Export as Account
from ...identity.domain import Caller, WeChatAccount
from .auth import Session, sessions
from .users import User, user


class WeChatIdentity(TypedDict):
    openid: str
    unionid: str | None


@with_config(ConfigDict(extra="allow"))
class Export(TypedDict):
    """Every module that keeps something about the user adds a list under its own name."""

    user: User
    phone: str | None
    wechat: WeChatIdentity | None
    sessions: list[Session]


def export(account: Account, caller: Caller) -> dict[str, Any]:
    known = account.user
    base: Export = {
        "user": user(known.profile()),
        "phone": known.phone,
        "wechat": _wechat(known.wechat),
        "sessions": sessions(account.sessions, caller),
    }
    return base | {section.name: list(section.items) for section in account.sections}


def _wechat(account: WeChatAccount | None) -> WeChatIdentity | None:
    """Never the session_key, which is the server's alone."""
    return {"openid": account.openid, "unionid": account.unionid} if account else None
