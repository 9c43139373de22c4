"""Brings the database up to date: every owner's migrations, up to their heads.

With --write it writes a migration of your own instead, for what you changed in the tables.
"""

import asyncio
from argparse import ArgumentParser, Namespace

from ..adapters.persistence.migrations import make_revision, migrate
from ..kernel.clock import utc_now
from ..settings import read_settings


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("--write", metavar="MESSAGE", help="what the new migration does")


def run(asked: Namespace) -> int:
    database = read_settings().database
    if asked.write is None:
        asyncio.run(migrate(database))
        print("The database is up to date.")
    else:
        written = asyncio.run(make_revision(database, asked.write, utc_now()))
        print(f"Read {written}, then run `python -m app migrate`.")
    return 0
