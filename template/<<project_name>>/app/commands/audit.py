"""Checks the audit trail: names the first row that does not fit what lies before it."""

import asyncio
from argparse import ArgumentParser, Namespace

from ..adapters.audit.chain import Verdict, verify
from ..adapters.persistence.audit import SqlAuditStore
from ..adapters.persistence.database import Scope
from ..bootstrap import House, open_house
from ..settings import read_settings
from .console.refusals import CannotDo


def configure(parser: ArgumentParser) -> None:
    tasks = parser.add_subparsers(dest="task", required=True, metavar="TASK")
    tasks.add_parser("verify", help="reads every row and changes nothing")


def run(_asked: Namespace) -> int:
    """Raises CannotDo for a chain that is broken."""
    verdict = asyncio.run(_verify(open_house(read_settings())))
    if verdict.broken_at is not None:
        raise CannotDo(
            f"Row {verdict.broken_at} was changed, or rows before it are gone; "
            f"the {verdict.checked} rows before it are whole."
        )
    print(f"{verdict.checked} rows are whole; the last hash is {verdict.head.hex()}.")
    return 0


async def _verify(house: House) -> Verdict:
    try:
        async with house.database.reading() as connection:
            return await verify(SqlAuditStore(Scope(connection, house.clock())))
    finally:
        await house.close()
