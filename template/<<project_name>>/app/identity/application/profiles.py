"""What a user shows, and what WeChat lets the user's client prove."""

from ...kernel.audit import AuditEntry
from ...kernel.ports import Cache, Works
from ..domain import Profile, User, UserId, WeChatAccount
from ..errors import UserNotFound
from ..ports import IdentityWork, WeChat


class Profiles:
    def __init__(
        self, works: Works[IdentityWork], wechat: WeChat, remembered: Cache[Profile]
    ) -> None:
        self._works = works
        self._wechat = wechat
        self._remembered = remembered

    async def get(self, user_id: UserId) -> Profile:
        """Raises UserNotFound for one that was erased."""

        async def load() -> Profile | None:
            async with self._works.read() as work:
                user = await work.users.get(user_id)
            return user.profile() if user and user.erased_at is None else None

        profile = await self._remembered.get(str(user_id), load)
        if profile is None:
            raise UserNotFound
        return profile

    async def describe(
        self, user_id: UserId, nickname: str | None, avatar_url: str | None
    ) -> Profile:
        """`None` leaves a field as it is."""
        async with self._works.begin() as work:
            user = present(await work.users.get_for_update(user_id))
            described = user.describe(nickname, avatar_url, work.now)
            await work.users.save(described)
        await self._remembered.forget(str(user_id))
        return described.profile()

    async def bind_phone(self, user_id: UserId, code: str) -> Profile:
        """Raises PhoneCodeInvalid, PhoneTaken, or what `WeChat.phone_number` raises."""
        account = await self._account(user_id)
        phone = await self._wechat.phone_number(code, account.openid)
        async with self._works.begin() as work:
            user = present(await work.users.get_for_update(user_id))
            bound = user.bind_phone(phone, work.now)
            await work.users.save(bound)
            await work.audit.record(AuditEntry("identity.bind_phone", str(user_id), str(user_id)))
        await self._remembered.forget(str(user_id))
        return bound.profile()

    async def open_wechat_data(
        self, user_id: UserId, encrypted_data: str, iv: str
    ) -> dict[str, object]:
        """Decrypted with the user's own session_key; every failure is the same BadInput."""
        async with self._works.read() as work:
            account = _account_of(present(await work.users.get(user_id)))
            return self._wechat.open_sealed_data(account, encrypted_data, iv, work.now)

    async def verify_wechat_data(
        self, user_id: UserId, raw_data: str, signature: str
    ) -> dict[str, object]:
        """Signed with the user's own session_key; every failure is the same BadInput."""
        account = await self._account(user_id)
        return self._wechat.verify_raw_data(account, raw_data, signature)

    async def _account(self, user_id: UserId) -> WeChatAccount:
        async with self._works.read() as work:
            return _account_of(present(await work.users.get(user_id)))


def present(user: User | None) -> User:
    """Raises UserNotFound for one that is not, or no longer, there."""
    if user is None or user.erased_at is not None:
        raise UserNotFound
    return user


def _account_of(user: User) -> WeChatAccount:
    if user.wechat is None:
        raise UserNotFound
    return user.wechat
