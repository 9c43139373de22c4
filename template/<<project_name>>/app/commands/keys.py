"""Shows the keys to personal data, and puts them under a new key-encryption key."""

import asyncio
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import Final

from ..adapters.encryption.data_keys import Custody
from ..adapters.encryption.rotation import KeyStatus, key_status, rewrap
from ..adapters.persistence.keys import SealedCounts, SqlKeyStore
from ..bootstrap import House, open_house
from ..settings import read_settings
from .console.text import table

TITLES: Final = ("purpose", "id", "state", "wrapped by", "created", "sealed values")


def configure(parser: ArgumentParser) -> None:
    tasks = parser.add_subparsers(dest="task", required=True, metavar="TASK")
    tasks.add_parser("status", help="unwraps nothing and changes nothing")
    tasks.add_parser("rotate", help="wraps every key anew; stored values stay as they are")


def run(asked: Namespace) -> int:
    print(asyncio.run(_run(asked.task, open_house(read_settings()))))
    return 0


async def _run(task: str, house: House) -> str:
    try:
        return await (_rotate(house) if task == "rotate" else _status(house))
    finally:
        await house.close()


async def _status(house: House) -> str:
    store, counts = SqlKeyStore(house.database), SealedCounts(house.database)
    return shown(await key_status(house.key_service, store, counts, house.clock()))


async def _rotate(house: House) -> str:
    custody = Custody(house.key_service, house.trail.commit, house.settings.encryption.context)
    wrapped = await rewrap(custody, SqlKeyStore(house.database))
    return f"{wrapped} keys wrapped anew, by {await custody.wraps_now()}."


def shown(keys: Sequence[KeyStatus]) -> str:
    if not keys:
        return "There are no keys yet; the first value that is sealed makes them."
    lines = [table(TITLES, [_row(key) for key in keys])]
    if not all(key.is_wrapped_by_active for key in keys):
        lines.append("* is not wrapped by the newest key-encryption key.")
    return "\n".join(lines)


def _row(key: KeyStatus) -> tuple[str, ...]:
    wrapped_by = key.wrapped_by if key.is_wrapped_by_active else f"{key.wrapped_by} *"
    sealed = "-" if key.sealed_values is None else str(key.sealed_values)
    created = key.created_at.isoformat(timespec="seconds")
    return (key.purpose, str(key.id), key.state, wrapped_by, created, sealed)
