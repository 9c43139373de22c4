"""Sign-in, when two works make the same user at the same time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from app.identity.application import SignIn
from app.identity.domain import Grant, User, WeChatAccount
from app.kernel.errors import Conflict

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ACCOUNT = WeChatAccount("wx1", "o-alice", None, "key")


class Codes:
    async def claim(self, code: str) -> bool:
        return True


class Platform:
    async def exchange_code(self, code: str) -> WeChatAccount:
        return ACCOUNT


class Issuer:
    async def issue(self, work: Any, user: User, device: str) -> Grant:
        return Grant("access", 600, None, None)


class UsersWithARival:
    """Somebody else adds the same account just before we do, `rivals` times."""

    def __init__(self, rivals: int) -> None:
        self._rivals = rivals
        self._kept: User | None = None

    async def find_by_openid(self, appid: str, openid: str) -> User | None:
        return self._kept

    async def add(self, user: User) -> None:
        if self._rivals:
            self._rivals -= 1
            raise Conflict
        self._kept = user

    async def save(self, user: User) -> None:
        self._kept = user


class OneWork:
    def __init__(self, users: UsersWithARival) -> None:
        self._users = users

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Any]:
        audit = SimpleNamespace(note=lambda entry: None)
        yield SimpleNamespace(users=self._users, now=NOW, audit=audit)


def sign_in(rivals: int) -> SignIn:
    works: Any = OneWork(UsersWithARival(rivals))
    parts: Any = (Codes(), works, Platform(), Issuer())
    return SignIn(*parts)


async def test_losing_a_race_for_a_new_user_is_tried_once_more() -> None:
    signed_in = await sign_in(rivals=1).with_code("code", "phone")

    assert signed_in.is_new_user


async def test_losing_it_twice_is_a_conflict() -> None:
    with pytest.raises(Conflict):
        await sign_in(rivals=2).with_code("code", "phone")
