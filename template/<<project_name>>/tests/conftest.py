"""What every test may ask for; all of it is real, and WeChat is the sandbox."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from io import StringIO
from pathlib import Path
from secrets import token_hex

import pytest

from app.adapters.audit.settings import new_pseudonym_key
from app.adapters.encryption.settings import new_keyring_text
from app.adapters.persistence.migrations import migrate
from app.adapters.tokens import new_signing_key_text
from app.commands.seed import CATALOGUE
from app.inventory.application import Inventory
from app.settings import Settings, read_settings
from sandbox import APPID, Sandbox

from .clock import TurnableClock
from .house import Backend, Member, NoKeyService, open_backend
from .logs import everything_logged

SECRETS = {
    "WECHAT_SECRET": token_hex(16),
    "TOKENS_SIGNING_KEYS": new_signing_key_text(),
    "ENCRYPTION_KEYRING": new_keyring_text(),
    "AUDIT_PSEUDONYM_KEY": new_pseudonym_key(),
}

PATIENCE = {
    "DATABASE_ACQUIRE_TIMEOUT_SECONDS": "30",
    "DATABASE_STATEMENT_TIMEOUT_SECONDS": "30",
    "WECHAT_READ_TIMEOUT_SECONDS": "30",
    "WECHAT_TOTAL_TIMEOUT_SECONDS": "30",
}
"""A slow machine fails no test that is about something else."""


@pytest.fixture
def clock() -> TurnableClock:
    return TurnableClock()


@pytest.fixture
def sandbox(clock: TurnableClock) -> Iterator[Sandbox]:
    with Sandbox.start(SECRETS["WECHAT_SECRET"], clock=clock) as sandbox:
        yield sandbox


@pytest.fixture
async def settings(tmp_path: Path, migrated: Path, sandbox: Sandbox) -> Settings:
    """Of a service whose database is migrated and empty."""
    place = tmp_path / "shop.db"
    shutil.copy(migrated, place)
    return _settings(place, sandbox.url)


@pytest.fixture
async def backend(
    settings: Settings, clock: TurnableClock, sandbox: Sandbox
) -> AsyncIterator[Backend]:
    async with open_backend(settings, clock, sandbox) as backend:
        await backend.application.of(Inventory).stock(CATALOGUE)
        yield backend


@pytest.fixture
def another_process(
    settings: Settings, clock: TurnableClock, sandbox: Sandbox
) -> AbstractAsyncContextManager[Backend]:
    """On the same database, with memories of its own."""
    return open_backend(settings, clock, sandbox)


@pytest.fixture
def without_key_service(
    settings: Settings, clock: TurnableClock, sandbox: Sandbox
) -> AbstractAsyncContextManager[Backend]:
    """A process that began while the key service was away."""
    return open_backend(settings, clock, sandbox, key_service=NoKeyService())


@pytest.fixture
async def alice(backend: Backend) -> Member:
    return await backend.sign_in("alice")


@pytest.fixture
def logged() -> Iterator[StringIO]:
    """All that anybody logs from here on, at the lowest level."""
    with everything_logged() as stream:
        yield stream


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that every test may copy."""
    place = tmp_path_factory.mktemp("migrated") / "shop.db"
    asyncio.run(migrate(_settings(place, "http://127.0.0.1:9").database))
    return place


def _settings(place: Path, wechat: str) -> Settings:
    return read_settings(
        {
            "APP_ENV": "test",
            "DATABASE_URL": f"sqlite:///{place}",
            "WECHAT_APPID": APPID,
            "WECHAT_BASE_URL": wechat,
            "LIMITS_ENABLED": "false",
            **PATIENCE,
            **SECRETS,
        }
    )
