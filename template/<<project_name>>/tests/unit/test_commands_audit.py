"""`audit verify` and `keys rotate`, on a database in a temporary folder."""

import asyncio
import re
from pathlib import Path

import pytest
from sqlalchemy import text

from app.__main__ import main
from app.adapters.encryption.sealer import Place
from app.adapters.encryption.settings import new_keyring_text
from app.bootstrap import House, open_house
from app.kernel.audit import AuditEntry
from app.kernel.ids import new_id
from app.settings import read_settings

from .command_folder import set_up, stand_in

HERE = Place("users", "phone", new_id())

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> Path:
    stand_in(tmp_path, monkeypatch)
    set_up(tmp_path)
    capsys.readouterr()
    return tmp_path


async def three_entries(house: House) -> None:
    for number in range(3):
        await house.trail.commit(AuditEntry(f"test.{number}", "operator", "operator"))
    await house.close()


async def change(house: House, statement: str) -> None:
    async with house.database.writing() as connection:
        await connection.execute(text(statement))
    await house.close()


def test_a_whole_trail_is_whole(capsys: Capture) -> None:
    asyncio.run(three_entries(open_house(read_settings())))

    assert main(["audit", "verify"]) == 0
    assert re.match(r"3 rows are whole; the last hash is [0-9a-f]{64}\.", capsys.readouterr().out)


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit SET action = 'test.other' WHERE position = 2",
        "UPDATE audit SET subject = 'somebody' WHERE position = 2",
        'UPDATE audit SET details = \'{"reason": "none"}\' WHERE position = 2',
    ],
)
def test_the_first_row_that_was_changed_is_named(tampering: str, capsys: Capture) -> None:
    asyncio.run(three_entries(open_house(read_settings())))
    asyncio.run(change(open_house(read_settings()), tampering))

    assert main(["audit", "verify"]) == 1
    assert "Row 2 was changed" in capsys.readouterr().err


def test_a_row_that_is_gone_is_noticed_at_the_next(capsys: Capture) -> None:
    asyncio.run(three_entries(open_house(read_settings())))
    asyncio.run(change(open_house(read_settings()), "DELETE FROM audit WHERE position = 2"))

    assert main(["audit", "verify"]) == 1
    assert "Row 3 was changed, or rows before it are gone" in capsys.readouterr().err


def test_after_rotating_the_old_key_encryption_key_can_go(folder: Path, capsys: Capture) -> None:
    async def seal(house: House) -> bytes:
        sealed = (await house.encryption.ready()).seal("13800138000", HERE)
        await house.close()
        return sealed.data

    asyncio.run(seal(open_house(read_settings())))
    old = read_settings().encryption.keyring
    assert old is not None
    new = new_keyring_text().replace("k1:", "k2:")
    _set_keyring(folder, f"{new},{old.get_secret_value()}")

    assert main(["keys", "rotate"]) == 0
    assert capsys.readouterr().out == "2 keys wrapped anew, by k2.\n"
    _set_keyring(folder, new)
    asyncio.run(seal(open_house(read_settings())))


def _set_keyring(folder: Path, keyring: str) -> None:
    env = folder / ".env"
    kept = [line for line in env.read_text("utf-8").splitlines() if "_KEYRING=" not in line]
    env.write_text("\n".join([*kept, f"ENCRYPTION_KEYRING={keyring}", ""]), "utf-8")
