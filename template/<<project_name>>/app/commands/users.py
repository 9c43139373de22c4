"""Looks at users, switches them off and on, erases them; every one of these is audited."""

import asyncio
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from ..bootstrap import open_house
from ..identity.application import Accounts
from ..identity.domain import User, UserId, mask_phone
from ..kernel.ids import parse_id
from ..settings import read_settings
from .console.house import opened
from .console.refusals import CalledWrongly
from .console.text import is_a_terminal, table

TITLES: Final = ("id", "created", "state", "phone", "nickname")

Task = Callable[[Accounts, Namespace], Awaitable[str]]


def configure(parser: ArgumentParser) -> None:
    tasks = parser.add_subparsers(dest="task", required=True, metavar="TASK")
    listing = tasks.add_parser("list", help="oldest first, erased ones left out")
    listing.add_argument("--after", type=_user_id, metavar="ID", help="the last id already seen")
    listing.add_argument("--limit", type=_limit, default=50, help="1 to 1000, default 50")
    for name, help in (
        ("show", "what is kept about one user, the phone masked"),
        ("disable", "signs out everywhere, lets in no more"),
        ("enable", "lets in again"),
        ("erase", "removes what is personal, for good"),
    ):
        one = tasks.add_parser(name, help=help)
        one.add_argument("id", type=_user_id)
        if name == "erase":
            one.add_argument("--yes", action="store_true", help="does not ask")


def run(asked: Namespace) -> int:
    if asked.task == "erase" and not asked.yes:
        _make_sure(asked.id)
    print(asyncio.run(_do(asked)))
    return 0


async def _do(asked: Namespace) -> str:
    async with opened(open_house(read_settings())) as application:
        return await _TASKS[asked.task](application.of(Accounts), asked)


async def _list(accounts: Accounts, asked: Namespace) -> str:
    return _shown(await accounts.list(asked.after, asked.limit))


async def _show(accounts: Accounts, asked: Namespace) -> str:
    return _shown([await accounts.show(asked.id)])


async def _disable(accounts: Accounts, asked: Namespace) -> str:
    await accounts.disable(asked.id)
    return f"{asked.id} is disabled, and signed out within 5 s wherever the service runs."


async def _enable(accounts: Accounts, asked: Namespace) -> str:
    await accounts.enable(asked.id)
    return f"{asked.id} may sign in again."


async def _erase(accounts: Accounts, asked: Namespace) -> str:
    await accounts.erase(asked.id, "operator")
    return f"{asked.id} is erased."


_TASKS: Final[Mapping[str, Task]] = {
    "list": _list,
    "show": _show,
    "disable": _disable,
    "enable": _enable,
    "erase": _erase,
}


def _shown(users: Sequence[User]) -> str:
    return table(TITLES, [_row(user) for user in users])


def _row(user: User) -> tuple[str, ...]:
    state = "disabled" if user.disabled_at else "active"
    created = user.created_at.isoformat(timespec="seconds")
    nickname = user.nickname.encode("unicode_escape", "backslashreplace").decode("ascii")
    readable = user.nickname if user.nickname.isprintable() else nickname
    return (str(user.id), created, state, mask_phone(user.phone) or "-", readable or "-")


def _make_sure(id: UserId) -> None:
    if not is_a_terminal():
        raise CalledWrongly("Erasing cannot be undone; say --yes where nobody can be asked.")
    if input(f"Erase {id} for good? Type yes: ").strip() != "yes":
        raise CalledWrongly("Nothing was erased.")


def _user_id(text: str) -> UserId:
    id = parse_id(text)
    if id is None:
        raise ArgumentTypeError("is not an id as `users list` prints them")
    return UserId(id)


def _limit(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1000:
        raise ArgumentTypeError("must be a number from 1 to 1000")
    return int(text)
