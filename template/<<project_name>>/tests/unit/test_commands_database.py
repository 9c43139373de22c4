"""`migrate`, `seed`, `users` and `keys`, on a database in a temporary folder."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.__main__ import main
from app.adapters.encryption.rotation import KeyStatus
from app.adapters.persistence.identity import SqlIdentityWork
from app.adapters.persistence.schema import all_tables
from app.bootstrap import House, open_house
from app.commands import migrate, users
from app.commands.keys import shown
from app.identity.domain import User, UserId, WeChatAccount
from app.kernel.ids import new_id
from app.settings import read_settings

from .command_folder import set_up, stand_in

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> Path:
    stand_in(tmp_path, monkeypatch)
    set_up(tmp_path)
    capsys.readouterr()
    return tmp_path


def rows(table: str) -> Sequence[Mapping[str, Any]]:
    async def read(house: House) -> Sequence[Mapping[str, Any]]:
        async with house.database.reading() as connection:
            found = (await connection.execute(select(all_tables().tables[table]))).mappings().all()
        await house.close()
        return [dict(row) for row in found]

    return asyncio.run(read(open_house(read_settings())))


def new_user(name: str, nickname: str = "Alice", phone: str = "13800138000") -> UserId:
    """Somebody who signed in before."""
    account = WeChatAccount("wx0000000000000001", f"openid-of-{name}", None, "a-session-key")
    user = User.arrive(UserId(new_id()), account, NOW).describe(nickname, None, NOW)

    async def add(house: House) -> None:
        async with house.sealed_works(SqlIdentityWork).begin() as work:
            await work.users.add(user.bind_phone(phone, NOW))
        await house.close()

    asyncio.run(add(open_house(read_settings())))
    return user.id


def audited() -> list[str]:
    return [row["action"] for row in rows("audit") if row["action"].startswith("identity.")]


def test_a_second_migration_changes_nothing(capsys: Capture) -> None:
    ended_with = main(["migrate"])

    assert ended_with == 0
    assert capsys.readouterr().out == "The database is up to date.\n"


def test_a_migration_of_your_own_is_written_and_named(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    async def write(_settings: object, message: str, _now: datetime) -> Path:
        return Path(f"yours/{message}.py")

    monkeypatch.setattr(migrate, "make_revision", write)

    ended_with = main(["migrate", "--write", "add_colour"])

    assert ended_with == 0
    assert capsys.readouterr().out.startswith(f"Read {Path('yours/add_colour.py')}, then run")


def test_the_catalogue_has_tea_1_at_1999_fen(capsys: Capture) -> None:
    ended_with = main(["seed"])

    [tea] = [row for row in rows("products") if row["sku"] == "tea-1"]
    assert ended_with == 0
    assert (tea["unit_price"], tea["currency"], tea["in_stock"]) == (1999, "CNY", 1000)
    assert capsys.readouterr().out == "5 products added; the catalogue has 5 of ours.\n"


def test_seeding_again_adds_nothing(capsys: Capture) -> None:
    main(["seed"])
    capsys.readouterr()

    main(["seed"])

    assert capsys.readouterr().out.startswith("0 products added")


def test_seeding_before_migrating_says_what_is_missing(folder: Path, capsys: Capture) -> None:
    [place] = folder.rglob("*.db")
    place.write_bytes(b"")

    ended_with = main(["seed"])

    assert ended_with == 1
    assert "run `python -m app migrate` first" in capsys.readouterr().err


def test_seeding_without_a_database_is_one_sentence(folder: Path, capsys: Capture) -> None:
    [place] = folder.rglob("*.db")
    place.unlink()

    ended_with = main(["seed"])

    assert ended_with == 1
    assert capsys.readouterr().err.startswith("The database cannot be reached")


def test_users_are_listed_with_their_phones_masked(capsys: Capture) -> None:
    id = new_user("alice")

    ended_with = main(["users", "list"])

    out = capsys.readouterr().out
    assert ended_with == 0
    assert f"{id}  2026-01-02T03:04:05+00:00  active  138****8000  Alice" in out
    assert "13800138000" not in out
    assert "openid" not in out


def test_a_list_goes_on_after_the_last_one_seen(capsys: Capture) -> None:
    first, second = new_user("first"), new_user("second", phone="13900139000")

    main(["users", "list", "--after", str(first), "--limit", "1"])

    out = capsys.readouterr().out
    assert str(second) in out
    assert str(first) not in out


def test_a_nickname_cannot_play_with_the_terminal(capsys: Capture) -> None:
    new_user("mallory", nickname="\x1b[2Jcleared")
    new_user("long", nickname="龙井", phone="13900139000")

    main(["users", "list"])

    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "龙井" in out


def test_a_user_is_disabled_and_enabled(capsys: Capture) -> None:
    id = new_user("alice")
    main(["users", "disable", str(id)])
    capsys.readouterr()
    main(["users", "show", str(id)])
    while_disabled = capsys.readouterr().out
    main(["users", "enable", str(id)])
    capsys.readouterr()
    main(["users", "show", str(id)])

    assert "  disabled  " in while_disabled
    assert "  active  " in capsys.readouterr().out


def test_a_user_is_erased_for_good(capsys: Capture) -> None:
    id = new_user("alice")

    ended_with = main(["users", "erase", str(id), "--yes"])

    capsys.readouterr()
    assert ended_with == 0
    assert main(["users", "show", str(id)]) == 1
    assert capsys.readouterr().err == "There is no such user, or not any more.\n"


def test_what_operators_do_is_audited() -> None:
    id = str(new_user("alice"))
    for task in ("show", "disable", "enable"):
        main(["users", task, id])
    main(["users", "list"])
    main(["users", "erase", id, "--yes"])

    assert audited() == [
        f"identity.{action}" for action in ("show", "disable", "enable", "list", "erase")
    ]


def test_without_a_terminal_erasing_must_be_said_twice(capsys: Capture) -> None:
    id = new_user("alice")

    ended_with = main(["users", "erase", str(id)])

    assert ended_with == 2
    assert "--yes" in capsys.readouterr().err
    assert main(["users", "show", str(id)]) == 0


@pytest.mark.parametrize(("answer", "exit_code"), [("yes", 0), ("no", 2), ("", 2)])
def test_on_a_terminal_erasing_is_asked(
    monkeypatch: pytest.MonkeyPatch, answer: str, exit_code: int
) -> None:
    id = new_user("alice")
    monkeypatch.setattr(users, "is_a_terminal", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _question: answer)

    assert main(["users", "erase", str(id)]) == exit_code


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", "alice"],
        ["list", "--after", "1"],
        ["list", "--limit", "0"],
        ["list", "--limit", "x"],
    ],
)
def test_an_id_or_limit_that_is_none_is_calling_wrongly(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["users", *arguments])

    assert ended.value.code == 2


def test_without_sealed_values_there_are_no_keys(capsys: Capture) -> None:
    ended_with = main(["keys", "status"])

    assert ended_with == 0
    assert capsys.readouterr().out.startswith("There are no keys yet")


def test_keys_are_shown_with_what_lies_under_them(capsys: Capture) -> None:
    new_user("alice")

    main(["keys", "status"])

    titles, *lines = capsys.readouterr().out.splitlines()
    assert titles.split() == [
        "purpose",
        "id",
        "state",
        "wrapped",
        "by",
        "created",
        "sealed",
        "values",
    ]
    assert [line.split()[:4] for line in lines] == [
        ["data", "1", "active", "k1"],
        ["index", "1", "active", "k1"],
    ]
    assert int(lines[0].split()[-1]) > 0


def test_a_key_under_an_old_wrapping_is_marked() -> None:
    old = KeyStatus("data", 1, "decrypt_only", "k1", False, NOW, 12)

    text = shown([old])

    assert "k1 *" in text
    assert "not wrapped by the newest" in text
