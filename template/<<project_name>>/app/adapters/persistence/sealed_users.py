"""A user's personal data on its way into the table, and out of it."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from ...identity.domain import User, UserId, WeChatAccount
from ..encryption.sealer import Place, Sealed, Sealer

TABLE: Final = "users"
SEALED: Final = ("openid", "unionid", "session_key", "phone")
INDEXED: Final = ("openid", "unionid", "phone")


class UserSeals:
    """Openid and phone are unique within one mini-program, so their index is bound to its appid.

    A unionid is the same in all mini-programs of one open platform, and so is its index.
    """

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def openid_indexes(self, appid: str, openid: str) -> tuple[bytes, ...]:
        """What may stand in the table, the newest index key's first."""
        return self._sealer.indexes(openid, TABLE, "openid", appid)

    def phone_indexes(self, appid: str, phone: str) -> tuple[bytes, ...]:
        return self._sealer.indexes(phone, TABLE, "phone", appid)

    def columns_of(self, user: User) -> dict[str, Any]:
        """An erased user's are empty, but for the appid, which stays as it is stored."""
        account = user.wechat
        if account is None:
            return dict.fromkeys([*SEALED, *(f"{name}_index" for name in INDEXED)])
        values = {
            "openid": account.openid,
            "unionid": account.unionid,
            "session_key": account.session_key,
            "phone": user.phone,
        }
        sealed = {name: self._seal(name, value, user.id) for name, value in values.items()}
        scopes = {"openid": account.appid, "unionid": "", "phone": account.appid}
        indexes = {
            f"{name}_index": self._index(name, values[name], scopes[name]) for name in INDEXED
        }
        return {"appid": account.appid, **sealed, **indexes}

    def opened(self, row: Row[Any]) -> User:
        return User(
            id=UserId(row.id),
            wechat=self._account(row),
            created_at=row.created_at,
            updated_at=row.updated_at,
            nickname=row.nickname,
            avatar_url=row.avatar_url,
            phone=self._open("phone", row.phone, row.id),
            token_version=row.token_version,
            disabled_at=row.disabled_at,
            erased_at=row.erased_at,
        )

    def _account(self, row: Row[Any]) -> WeChatAccount | None:
        openid = self._open("openid", row.openid, row.id)
        session_key = self._open("session_key", row.session_key, row.id)
        if openid is None or session_key is None:
            return None
        unionid = self._open("unionid", row.unionid, row.id)
        return WeChatAccount(row.appid, openid, unionid, session_key)

    def _seal(self, column: str, value: str | None, row: UUID) -> Sealed | None:
        return None if value is None else self._sealer.seal(value, Place(TABLE, column, row))

    def _open(self, column: str, value: Sealed | None, row: UUID) -> str | None:
        return None if value is None else self._sealer.open(value, Place(TABLE, column, row))

    def _index(self, column: str, value: str | None, scope: str) -> bytes | None:
        return None if value is None else self._sealer.index(value, TABLE, column, scope)
