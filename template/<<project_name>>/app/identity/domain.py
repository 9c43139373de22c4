"""What a user and a session are, and what may happen to them."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Literal, NewType
from unicodedata import normalize
from uuid import UUID

from ..kernel.events import Event
from ..kernel.ids import new_id

UserId = NewType("UserId", UUID)
SessionId = NewType("SessionId", UUID)

ERASED = "identity.erased"
"""The event's name when a user was erased; its subject is the user's id."""

DEVICE_LENGTH = 64
"""How much of a user agent is kept, in characters."""


@dataclass(frozen=True, slots=True)
class WeChatAccount:
    """Who somebody is to WeChat: (appid, openid) is the key.

    `unionid` links within one open platform and may be missing.
    `session_key` decrypts and verifies what this user's client sends; it never leaves the server.
    """

    appid: str
    openid: str = field(repr=False)
    unionid: str | None = field(repr=False)
    session_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class User:
    """One person in one mini-program; an erased user keeps the id and nothing else."""

    id: UserId
    wechat: WeChatAccount | None
    created_at: datetime
    updated_at: datetime
    nickname: str = ""
    avatar_url: str = ""
    phone: str | None = field(default=None, repr=False)
    token_version: int = 1
    disabled_at: datetime | None = None
    erased_at: datetime | None = None

    @classmethod
    def arrive(cls, id: UserId, wechat: WeChatAccount, now: datetime) -> "User":
        return cls(id=id, wechat=wechat, created_at=now, updated_at=now)

    def return_with(self, wechat: WeChatAccount, now: datetime) -> "User":
        """Signs in again; the newest session_key wins, a known unionid is never lost."""
        known = self.wechat.unionid if self.wechat else None
        return replace(
            self, wechat=replace(wechat, unionid=wechat.unionid or known), updated_at=now
        )

    def describe(self, nickname: str | None, avatar_url: str | None, now: datetime) -> "User":
        """`None` leaves a field as it is."""
        return replace(
            self,
            nickname=self.nickname if nickname is None else nickname,
            avatar_url=self.avatar_url if avatar_url is None else avatar_url,
            updated_at=now,
        )

    def bind_phone(self, phone: str, now: datetime) -> "User":
        return replace(self, phone=normalise_phone(phone), updated_at=now)

    def disable(self, now: datetime) -> "User":
        return replace(self, disabled_at=now, updated_at=now)

    def enable(self, now: datetime) -> "User":
        return replace(self, disabled_at=None, updated_at=now)

    def erase(self, now: datetime) -> tuple["User", Event]:
        """Other modules hear the event, and erase what they keep of this user."""
        erased = User(
            id=self.id,
            wechat=None,
            created_at=self.created_at,
            updated_at=now,
            token_version=self.token_version,
            disabled_at=self.disabled_at,
            erased_at=now,
        )
        return erased, Event(new_id(), ERASED, self.id, now, {})

    def profile(self) -> "Profile":
        return Profile(
            self.id, self.nickname, self.avatar_url, mask_phone(self.phone), self.created_at
        )


@dataclass(frozen=True, slots=True)
class Profile:
    """A user as the client sees one; it may be cached anywhere, for nothing in it is sealed."""

    id: UserId
    nickname: str
    avatar_url: str
    phone_masked: str | None
    created_at: datetime

    @property
    def bucket(self) -> str:
        """`00` to `99`, the same for this user for ever: which version of a rollout they see."""
        return f"{int.from_bytes(sha256(self.id.bytes).digest()[:8]) % 100:02d}"


def normalise_phone(text: str) -> str:
    """One spelling per number, so that it is found again: digits, with `+` unless Chinese.

    Full-width digits, spaces, hyphens, brackets, `+86` and `00` all come down to it.
    """
    typed = re.sub(r"[^0-9+]", "", normalize("NFKC", text))
    dialled = re.sub(r"^00", "+", re.sub(r"(?!^)\+", "", typed))
    chinese = re.fullmatch(r"(?:\+?86)?(1[3-9][0-9]{9})", dialled)
    return chinese[1] if chinese else dialled


def mask_phone(phone: str | None) -> str | None:
    """`13800138000` becomes `138****8000`; of a short number only the last two digits stay."""
    if phone is None:
        return None
    if len(phone) < 9:
        return "*" * max(len(phone) - 2, 0) + phone[-2:]
    return f"{phone[:3]}****{phone[-4:]}"


Rotation = Literal["rotated", "replayed", "stolen", "ended"]
"""What presenting a refresh token meant; see `Session.rotate`."""


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in on one device: a family of refresh tokens, or one server-side session.

    Only hashes of tokens are known here: SHA-256 of the secret's bytes.
    """

    id: SessionId
    user_id: UserId
    device: str
    token_hash: bytes = field(repr=False)
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    absolute_expires_at: datetime
    previous_hash: bytes | None = field(default=None, repr=False)
    rotated_at: datetime | None = None
    revoked_at: datetime | None = None
    revoked_reason: str | None = None

    def is_alive(self, now: datetime) -> bool:
        return self.revoked_at is None and now < min(self.expires_at, self.absolute_expires_at)

    def rotate(
        self, presented: bytes, fresh: bytes, now: datetime, *, grace: timedelta, idle: timedelta
    ) -> tuple["Session", Rotation]:
        """The state machine of refresh token rotation (RFC 9700, section 4.14.2).

        `rotated`: the current token was presented; `fresh` takes its place.
        `replayed`: the immediate predecessor within `grace`, so an answer was lost;
        `fresh` replaces the current token, the predecessor and its time stay.
        `stolen`: anything else; the whole family is revoked.
        `ended`: the family was over before.
        """
        if not self.is_alive(now):
            return self, "ended"
        seen = replace(
            self,
            token_hash=fresh,
            last_seen_at=now,
            expires_at=min(now + idle, self.absolute_expires_at),
        )
        if compare_digest(presented, self.token_hash):
            return replace(seen, previous_hash=presented, rotated_at=now), "rotated"
        if self._is_predecessor(presented) and self._rotated_within(grace, now):
            return seen, "replayed"
        return self.revoke("reuse", now), "stolen"

    def revoke(self, reason: str, now: datetime) -> "Session":
        return replace(self, revoked_at=now, revoked_reason=reason)

    def _is_predecessor(self, presented: bytes) -> bool:
        return self.previous_hash is not None and compare_digest(presented, self.previous_hash)

    def _rotated_within(self, grace: timedelta, now: datetime) -> bool:
        return self.rotated_at is not None and now <= self.rotated_at + grace


@dataclass(frozen=True, slots=True)
class Grant:
    """What a client holds after sign-in or refresh; the raw tokens exist nowhere else.

    `refresh_token` and its lifetime are `None` where the service keeps server-side sessions.
    """

    access_token: str = field(repr=False)
    expires_in: int
    refresh_token: str | None = field(repr=False)
    refresh_expires_in: int | None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who an access token speaks for, once it was found genuine and alive."""

    user_id: UserId
    session_id: SessionId


@dataclass(frozen=True, slots=True)
class Standing:
    """What must be known to let a session's access token pass, as the database last said it."""

    user_id: UserId
    token_version: int
    expires_at: datetime
