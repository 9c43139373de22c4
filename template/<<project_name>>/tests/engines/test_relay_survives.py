"""The relay outlives the process that was killed and the database that was away."""

import asyncio
import logging
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.adapters.events.relay import OutboxRelay
from app.adapters.persistence.migrations import migrate
from app.adapters.persistence.settings import DatabaseSettings
from app.adapters.persistence.sqlite import open_database
from app.kernel.clock import utc_now
from app.kernel.events import Event
from tests.clock import TurnableClock
from tests.contract.stores import Stores
from tests.engines.databases import settings_of

PUBLISH_AND_DIE = """
import asyncio, os, signal, sys
from pathlib import Path
from app.adapters.events.relay import OutboxRelay
from app.adapters.persistence.sqlite import open_database
from app.kernel.clock import utc_now
from tests.contract.stores import Stores
from tests.engines.databases import settings_of

async def die(_):
    os.kill(os.getpid(), signal.SIGKILL)

async def main():
    database = open_database(settings_of(Path(sys.argv[1])))
    stores = Stores(database, utc_now)
    await stores.publish(stores.event())
    if sys.argv[2] == "delivering":
        await OutboxRelay(database, {"orders.confirmed": [die]}, utc_now).drain()
    async with stores.orders.begin() as work:
        await work.outbox.publish(stores.event())
        await die(None)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("moment", ["delivering", "before delivering"])
async def test_a_killed_process_loses_no_committed_event_and_sends_no_other(
    database_settings: DatabaseSettings, tmp_path: Path, moment: str
) -> None:
    child = [sys.executable, "-c", PUBLISH_AND_DIE, str(tmp_path / "test.db"), moment]
    died = await asyncio.to_thread(subprocess.run, child, check=False)
    clock, heard = TurnableClock(utc_now()), list[Event]()

    async def listen(event: Event) -> None:
        heard.append(event)

    clock.advance(seconds=20)
    database = open_database(database_settings)
    await OutboxRelay(database, {"orders.confirmed": [listen]}, clock).drain()

    await database.close()
    assert died.returncode == -signal.SIGKILL
    assert len(heard) == 1


async def test_a_database_that_is_away_at_the_start_is_complained_about_once(
    tmp_path: Path,
    clock: TurnableClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("app.adapters.events.relay.POLL_SECONDS", 0.01)
    settings, has_heard = settings_of(tmp_path / "app.db"), asyncio.Event()

    async def listen(_: Event) -> None:
        has_heard.set()

    database = open_database(settings)
    relay = OutboxRelay(database, {"orders.confirmed": [listen]}, clock)
    with caplog.at_level(logging.WARNING, "app.events"):
        await relay.start()
        await asyncio.sleep(0.1)
        complaints = [record.message for record in caplog.records]
    await migrate(settings)
    stores = Stores(database, clock)
    await stores.publish(stores.event())

    async with asyncio.timeout(2):
        await has_heard.wait()
    await relay.stop()
    await database.close()
    assert complaints == ["outbox_out_of_reach"]


async def test_a_fault_of_the_relay_itself_is_logged_and_outlived(
    stores: Stores, clock: TurnableClock, caplog: pytest.LogCaptureFixture
) -> None:
    await stores.publish(stores.event())
    async with stores.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE outbox SET data = 'no json'")
    relay = OutboxRelay(stores.database, {}, clock)

    await relay.start()
    await relay.stop()

    assert "relay_failed" in [record.message for record in caplog.records]
