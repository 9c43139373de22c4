"""The way in: a `wx.login` code becomes a user and a grant."""

from dataclasses import dataclass

from ...kernel.audit import AuditEntry, Outcome
from ...kernel.errors import Conflict
from ...kernel.ids import new_id
from ...kernel.ports import Works
from ..domain import Grant, Profile, User, UserId, WeChatAccount
from ..errors import CodeUsed, UserDisabled
from ..ports import IdentityWork, SpentCodes, Tokens, WeChat


@dataclass(frozen=True, slots=True)
class SignedIn:
    grant: Grant
    profile: Profile
    is_new_user: bool


class SignIn:
    def __init__(
        self,
        spent_codes: SpentCodes,
        works: Works[IdentityWork],
        wechat: WeChat,
        tokens: Tokens,
    ) -> None:
        self._spent_codes = spent_codes
        self._works = works
        self._wechat = wechat
        self._tokens = tokens

    async def with_code(self, code: str, device: str) -> SignedIn:
        """Exchanges the code exactly once, whoever else presents it at the same time.

        Raises CodeUsed, UserDisabled, or what `WeChat.exchange_code` raises.
        """
        if not await self._spent_codes.claim(code):
            raise CodeUsed
        account = await self._wechat.exchange_code(code)
        try:
            return await self._admit(account, device)
        except Conflict:
            return await self._admit(account, device)

    async def _admit(self, account: WeChatAccount, device: str) -> SignedIn:
        async with self._works.begin() as work:
            user, is_new = await self._recognise(work, account)
            if user.disabled_at is not None:
                work.audit.note(_entry(user, "refused"))
                raise UserDisabled
            grant = await self._tokens.issue(work, user, device)
            work.audit.note(_entry(user, "done"))
        return SignedIn(grant, user.profile(), is_new)

    async def _recognise(self, work: IdentityWork, account: WeChatAccount) -> tuple[User, bool]:
        known = await work.users.find_by_openid(account.appid, account.openid)
        if known is None:
            arrived = User.arrive(UserId(new_id()), account, work.now)
            await work.users.add(arrived)
            return arrived, True
        returned = known.return_with(account, work.now)
        await work.users.save(returned)
        return returned, False


def _entry(user: User, outcome: Outcome) -> AuditEntry:
    return AuditEntry("identity.sign_in", str(user.id), str(user.id), outcome)
