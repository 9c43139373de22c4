"""Users as they are stored: what names a person is sealed, and found by blind index."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    Integer,
    Row,
    Select,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    insert,
    select,
    update,
)

from ...identity.domain import User, UserId, WeChatAccount
from ...identity.errors import PhoneTaken
from ..encryption.envelope import INDEX_LENGTH, OVERHEAD
from ..encryption.sealer import Place, Sealed, Sealer
from .columns import Digest, Identifier, SealedBytes, UtcTime
from .conflicts import means
from .database import Scope
from .schema import metadata

TABLE: Final = "users"
SEALED: Final = ("openid", "unionid", "session_key", "phone")
INDEXED: Final = ("openid", "unionid", "phone")

users = Table(
    TABLE,
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("appid", Identifier(64), nullable=False),
    Column("openid", SealedBytes),
    Column("openid_index", Digest(INDEX_LENGTH)),
    Column("unionid", SealedBytes),
    Column("unionid_index", Digest(INDEX_LENGTH), index=True),
    Column("session_key", SealedBytes),
    Column("phone", SealedBytes),
    Column("phone_index", Digest(INDEX_LENGTH)),
    Column("nickname", String(64), nullable=False),
    Column("avatar_url", Text, nullable=False),
    Column("token_version", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("disabled_at", UtcTime),
    Column("erased_at", UtcTime),
    UniqueConstraint("appid", "openid_index"),
    UniqueConstraint("appid", "phone_index", info=means(PhoneTaken)),
    # The last guard, against whoever writes past the column types: plain text is too short.
    *(CheckConstraint(f"length({name}) >= {OVERHEAD}", f"{name}_is_sealed") for name in SEALED),
)


class SqlUserRepository:
    """Fulfils `UserRepository`."""

    def __init__(self, scope: Scope, sealer: Sealer) -> None:
        self._connection = scope.connection
        self._seals = UserSeals(sealer)

    async def get(self, id: UserId) -> User | None:
        return await self._one(select(users).where(users.c.id == id))

    async def get_for_update(self, id: UserId) -> User | None:
        return await self._one(select(users).where(users.c.id == id).with_for_update())

    async def find_by_openid(self, appid: str, openid: str) -> User | None:
        indexes = self._seals.openid_indexes(appid, openid)
        found = users.c.appid == appid, users.c.openid_index.in_(indexes)
        return await self._one(select(users).where(*found).with_for_update())

    async def add(self, user: User) -> None:
        arrival = {
            "id": user.id,
            "token_version": user.token_version,
            "created_at": user.created_at,
        }
        await self._connection.execute(insert(users).values({**arrival, **self._row(user)}))

    async def save(self, user: User) -> None:
        await self._refuse_taken_phone(user)
        change = update(users).where(users.c.id == user.id).values(self._row(user))
        await self._connection.execute(change)

    async def list(self, after: UserId | None, limit: int) -> Sequence[User]:
        page = select(users).where(users.c.erased_at.is_(None)).order_by(users.c.id).limit(limit)
        if after is not None:
            page = page.where(users.c.id > after)
        return [self._seals.opened(row) for row in await self._connection.execute(page)]

    async def _one(self, query: Select[Any]) -> User | None:
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else self._seals.opened(row)

    async def _refuse_taken_phone(self, user: User) -> None:
        """The unique constraint sees one index key; while that is changed, two are in use."""
        if user.wechat is None or user.phone is None:
            return
        appid = user.wechat.appid
        indexes = self._seals.phone_indexes(appid, user.phone)
        if len(indexes) == 1:
            return
        others = users.c.appid == appid, users.c.phone_index.in_(indexes), users.c.id != user.id
        if (await self._connection.execute(select(users.c.id).where(*others))).first():
            raise PhoneTaken

    def _row(self, user: User) -> dict[str, Any]:
        return {
            "nickname": user.nickname,
            "avatar_url": user.avatar_url,
            "updated_at": user.updated_at,
            "disabled_at": user.disabled_at,
            "erased_at": user.erased_at,
            **self._seals.columns_of(user),
        }


class UserSeals:
    """A user's personal data on its way into the table, and out of it.

    Openid and phone are unique within one mini-program, so their index is bound to its appid.

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
