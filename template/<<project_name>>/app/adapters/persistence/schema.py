"""All tables of this project, whatever module they belong to."""

from importlib import import_module
from typing import Final

from sqlalchemy import MetaData

from ...modules import NAMES

metadata: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)
"""Every constraint has a name, so that a migration of years later can say which one it means."""

PLATFORM: Final = ("events", "audit", "keys")


def all_tables() -> MetaData:
    """`metadata` once every module's tables are in it."""
    for name in (*PLATFORM, *NAMES):
        import_module(f".{name}", __package__)
    return metadata
