"""What names a person reaches the database sealed, on whatever way; all else fails closed."""

from typing import Any

import pytest
from sqlalchemy import insert, literal, select, text, update
from sqlalchemy.exc import CompileError, IntegrityError, StatementError

from app.adapters.encryption.envelope import Unreadable
from app.adapters.encryption.sealer import Sealed
from app.adapters.persistence.database import Database
from app.adapters.persistence.keys import SealedCounts
from app.adapters.persistence.users import users
from app.kernel.ids import new_id
from tests.contract.stores import Stores

PHONE = "13800138000"


async def test_a_bulk_insert_of_plain_text_fails_and_does_not_repeat_it(
    stores: Stores, database: Database
) -> None:
    now = stores.clock()
    row: dict[str, Any] = {"id": new_id(), "appid": "wx", "created_at": now, "updated_at": now}
    row |= {"nickname": "", "avatar_url": "", "token_version": 1, "phone": PHONE}

    with pytest.raises(StatementError, match="only a sealed value") as refused:
        async with database.writing() as connection:
            await connection.execute(insert(users), [row])
    assert PHONE not in str(refused.value)


@pytest.mark.parametrize("plain", [PHONE, PHONE.encode(), b"\x01" * 100])
async def test_an_update_with_anything_but_a_sealed_value_fails(
    stores: Stores, database: Database, plain: object
) -> None:
    await stores.user()

    with pytest.raises(StatementError, match="only a sealed value"):
        async with database.writing() as connection:
            await connection.execute(update(users).values(phone=plain))


async def test_plain_text_past_the_column_types_is_refused_by_the_database(
    stores: Stores, database: Database
) -> None:
    await stores.user()

    with pytest.raises(IntegrityError):
        async with database.writing() as connection:
            await connection.execute(text("UPDATE users SET phone = :p"), {"p": PHONE})


def test_a_sealed_value_is_never_written_into_a_statement() -> None:
    statement = select(literal(Sealed(bytes(90)), users.c.phone.type))

    with pytest.raises(CompileError):
        str(statement.compile(compile_kwargs={"literal_binds": True}))


async def test_a_value_moved_to_another_user_cannot_be_read(
    stores: Stores, database: Database
) -> None:
    await stores.user("oAlice", phone=PHONE)
    bob = await stores.user("oBob")

    async with database.writing() as connection:
        stolen = select(users.c.phone).where(users.c.id != bob.id).scalar_subquery()
        await connection.execute(update(users).where(users.c.id == bob.id).values(phone=stolen))

    with pytest.raises(Unreadable):
        async with stores.identity.read() as work:
            await work.users.get(bob.id)


async def test_sealed_values_are_counted_by_data_key(stores: Stores, database: Database) -> None:
    await stores.user("oAlice", phone=PHONE)
    await stores.user("oBob")

    assert await SealedCounts(database)() == {1: 7}
