"""Users on the wire: who they are, where they are signed in, and all that is kept about them."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    ConfigDict,
    StringConstraints,
    WithJsonSchema,
    model_validator,
    with_config,
)
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from ...identity.application.accounts import Export as Account
from ...identity.domain import Caller, Profile, WeChatAccount
from ...identity.domain import Session as KnownSession
from . import Body, Secret, left_out

HTTPS: Final = re.compile(r"^https://[!-.0->@-~]+([/?#][!-~]*)?\Z")
"""RFC 3986 knows no letters but printable ASCII."""

AVATAR_URL_LENGTH: Final = 2048


def _https(text: str) -> str:
    if not HTTPS.match(text):
        raise PydanticCustomError("url", "no https address")
    return text


Nickname = Annotated[str, StringConstraints(min_length=1, max_length=64)]
AvatarUrl = Annotated[
    str,
    StringConstraints(max_length=AVATAR_URL_LENGTH),
    AfterValidator(_https),
    WithJsonSchema(
        {
            "type": "string",
            "maxLength": AVATAR_URL_LENGTH,
            "pattern": HTTPS.pattern.replace(r"\Z", "$"),
        }
    ),
]
Base64 = Annotated[str, StringConstraints(min_length=1, max_length=65536)]
RawData = Annotated[str, StringConstraints(min_length=1, max_length=65536)]


class DescribeUser(Body):
    """Members left out stay as they are."""

    nickname: Nickname = left_out()
    avatar_url: AvatarUrl = left_out()


class BindPhone(Body):
    """The code that the phone button gave, which is not the login code."""

    code: Secret


class WeChatData(Body):
    """What `wx.getUserInfo` and its kin gave: sealed, signed, or both."""

    encrypted_data: Base64 = left_out()
    iv: Base64 = left_out()
    raw_data: RawData = left_out()
    signature: Base64 = left_out()

    @property
    def is_sealed(self) -> bool:
        return {"encrypted_data", "iv"} <= self.model_fields_set

    @property
    def is_signed(self) -> bool:
        return {"raw_data", "signature"} <= self.model_fields_set

    @model_validator(mode="after")
    def _comes_in_pairs(self) -> Self:
        halves = len(self.model_fields_set)
        if halves == 0 or halves != 2 * (self.is_sealed + self.is_signed):
            raise PydanticCustomError("wechat_data", "half of a pair")
        return self


class User(TypedDict):
    """`phone_masked` is like `138****8000`, or null without a phone."""

    id: UUID
    nickname: str
    avatar_url: str
    phone_masked: str | None
    created_at: datetime


class OpenedData(TypedDict):
    """What WeChat vouches for."""

    data: dict[str, Any]


class Session(TypedDict):
    """One sign-in on one device; `current` is the one that asks."""

    id: UUID
    device: str
    created_at: datetime
    last_seen_at: datetime
    current: bool


class Sessions(TypedDict):
    items: list[Session]


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


def user(profile: Profile) -> User:
    return {
        "id": profile.id,
        "nickname": profile.nickname,
        "avatar_url": profile.avatar_url,
        "phone_masked": profile.phone_masked,
        "created_at": profile.created_at,
    }


def sessions(alive: Sequence[KnownSession], caller: Caller) -> list[Session]:
    return [
        {
            "id": session.id,
            "device": session.device,
            "created_at": session.created_at,
            "last_seen_at": session.last_seen_at,
            "current": session.id == caller.session_id,
        }
        for session in alive
    ]


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
