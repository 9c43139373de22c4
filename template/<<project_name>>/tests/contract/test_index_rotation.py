"""While the key of the blind index is changed, nobody becomes two people."""

import pytest

from app.adapters.encryption.sealer import LiveKeys, Sealer
from app.adapters.persistence.database import Database, Scope
from app.adapters.persistence.users import SqlUserRepository
from app.identity.domain import User, UserId
from app.identity.errors import PhoneTaken
from app.kernel.ids import new_id
from tests.clock import TurnableClock
from tests.contract.stores import APPID, account
from tests.unit.key_doubles import INDEX_KEY, K1

DATA_KEYS = LiveKeys(1, {1: K1})
BEFORE = Sealer("test", DATA_KEYS, LiveKeys(1, {1: INDEX_KEY}))
DURING = Sealer("test", DATA_KEYS, LiveKeys(2, {1: INDEX_KEY, 2: K1}))


@pytest.fixture
async def alice(database: Database, clock: TurnableClock) -> User:
    """Stored under the old index key."""
    alice = User.arrive(UserId(new_id()), account("oAlice"), clock()).bind_phone(
        "13800138000", clock()
    )
    async with database.writing() as connection:
        await SqlUserRepository(Scope(connection, clock()), BEFORE).add(alice)
    return alice


async def test_a_user_is_found_under_the_old_index_key(
    database: Database, clock: TurnableClock, alice: User
) -> None:
    async with database.writing() as connection:
        users = SqlUserRepository(Scope(connection, clock()), DURING)
        assert await users.find_by_openid(APPID, "oAlice") == alice


async def test_a_phone_under_the_old_index_key_is_taken(
    database: Database, clock: TurnableClock, alice: User
) -> None:
    bob = User.arrive(UserId(new_id()), account("oBob"), clock())
    async with database.writing() as connection:
        users = SqlUserRepository(Scope(connection, clock()), DURING)
        await users.add(bob)

        with pytest.raises(PhoneTaken):
            await users.save(bob.bind_phone("13800138000", clock()))


async def test_the_own_phone_moves_to_the_new_index_key(
    database: Database, clock: TurnableClock, alice: User
) -> None:
    async with database.writing() as connection:
        await SqlUserRepository(Scope(connection, clock()), DURING).save(alice)

    after = Sealer("test", DATA_KEYS, LiveKeys(2, {2: K1}))
    async with database.writing() as connection:
        users = SqlUserRepository(Scope(connection, clock()), after)
        assert await users.find_by_openid(APPID, "oAlice") == alice
