"""What identity needs from outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ..kernel.ports import Outbox, Work
from .domain import Caller, Grant, Session, SessionId, Standing, User, UserId, WeChatAccount


class WeChat(Protocol):
    """The platform that knows the users; every failure is one of `identity.errors`."""

    async def exchange_code(self, code: str) -> WeChatAccount:
        """Spends a `wx.login` code; never tried twice.

        Raises CodeInvalid, CodeUsed, RefusedByWeChat, LimitedByWeChat, WeChatUnavailable,
        WeChatUnintelligible or WeChatMisconfigured.
        Source: developers.weixin.qq.com, code2Session.
        """

    async def phone_number(self, code: str, openid: str) -> str:
        """Spends a phone button's code that belongs to `openid`; digits, with `+` unless Chinese.

        Raises PhoneCodeInvalid beside what `exchange_code` raises of WeChat's own state.
        Source: developers.weixin.qq.com, getPhoneNumber.
        """

    def open_sealed_data(
        self, account: WeChatAccount, encrypted_data: str, iv: str, now: datetime
    ) -> dict[str, object]:
        """Decrypts what `wx.getUserInfo` and its kin gave the client; watermark checked.

        Raises BadInput, the same for every way of being wrong.
        """

    def verify_raw_data(
        self, account: WeChatAccount, raw_data: str, signature: str
    ) -> dict[str, object]:
        """The same for signed plain data; raises BadInput."""


class UserRepository(Protocol):
    async def get(self, id: UserId) -> User | None: ...

    async def get_for_update(self, id: UserId) -> User | None:
        """Locks the user until the work ends."""

    async def find_by_openid(self, appid: str, openid: str) -> User | None:
        """By blind index; locks the user until the work ends."""

    async def add(self, user: User) -> None:
        """Raises Conflict when the same WeChat account came in by another work meanwhile."""

    async def save(self, user: User) -> None:
        """Leaves `token_version` alone: only ending all sessions raises it.

        Raises PhoneTaken when another user of the same mini-program has the phone."""

    async def list(self, after: UserId | None, limit: int) -> Sequence[User]:
        """Oldest first, erased ones left out."""


class SessionRepository(Protocol):
    async def knows(self, id: SessionId) -> bool:
        """Whether there is such a session, alive or over; locks nothing."""

    async def get_for_update(self, id: SessionId) -> Session | None:
        """Locks the session until the work ends."""

    async def add(self, session: Session) -> None: ...

    async def save(self, session: Session) -> None: ...

    async def alive(self, user_id: UserId, now: datetime) -> Sequence[Session]:
        """Newest first."""

    async def standing(self, id: SessionId, now: datetime) -> Standing | None:
        """`None` when the session or its user is unknown, over, disabled or erased."""

    async def is_disabled(self, user_id: UserId) -> bool:
        """Whether an operator has switched this user off; false for an unknown one."""

    async def revoke_all(self, user_id: UserId, reason: str, now: datetime) -> Sequence[SessionId]:
        """Revokes what is alive, raises the token version; says which sessions those were."""

    async def delete_all(self, user_id: UserId) -> Sequence[SessionId]:
        """For erasure: the rows go, the token version rises; says which sessions those were."""


class SpentCodes(Protocol):
    """Hashes of `wx.login` codes that this service has seen, over all processes."""

    async def claim(self, code: str) -> bool:
        """In a work of its own, so that it stands before the code is exchanged.

        False when somebody claimed the code before.
        """


class SessionWork(Work, Protocol):
    """A unit of work that needs no key: sessions and who may use them."""

    @property
    def sessions(self) -> SessionRepository: ...


class IdentityWork(SessionWork, Protocol):
    """A unit of work that opens sealed values; opening it may raise KeyServiceUnavailable."""

    @property
    def users(self) -> UserRepository: ...
    @property
    def outbox(self) -> Outbox: ...


class Tokens(Protocol):
    """One style of being signed in; the web layer never knows which."""

    async def issue(self, work: SessionWork, user: User, device: str) -> Grant:
        """Starts a session within `work`."""

    async def authenticate(self, presented: str) -> Caller:
        """Raises NotSignedIn, the same for every reason."""

    async def refresh(self, presented: str, device: str) -> tuple[Grant, UserId]:
        """Raises RefreshTokenInvalid, UserDisabled or, without refresh tokens, NoRefreshTokens."""

    async def forget(self, *sessions: SessionId) -> None:
        """Call after a work that ended sessions: no cache of this process may still know them."""

    def family(self, presented: str) -> str | None:
        """Which sign-in a refresh token says it belongs to, unproven: for counting, no more.

        `None` for what is no refresh token of this style.
        """

    def public_keys(self) -> Mapping[str, object] | None:
        """A JWK set with which others verify access tokens; `None` where nobody else can."""


@dataclass(frozen=True, slots=True)
class ExportSection:
    """What another module knows of a user, under the name it has in the export."""

    name: str
    items: Sequence[Mapping[str, object]]


class UserData(Protocol):
    """Another module's part of a user's export; `bootstrap` hands identity one per module."""

    async def __call__(self, user_id: UserId) -> ExportSection: ...
