"""Users on the wire."""

import re
from datetime import datetime
from typing import Annotated, Any, Final, Self
from uuid import UUID

from pydantic import AfterValidator, StringConstraints, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from ...identity.domain import Profile
from .wire import Body, Secret, left_out

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


def user(profile: Profile) -> User:
    return {
        "id": profile.id,
        "nickname": profile.nickname,
        "avatar_url": profile.avatar_url,
        "phone_masked": profile.phone_masked,
        "created_at": profile.created_at,
    }
