"""What an error of SQLite means to a caller."""

import re
import sqlite3

from ....kernel.errors import DatabaseUnavailable, Failure
from ..conflicts import refusal_of
from ..database import busy

_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_INTERRUPT")
_UNIQUE = re.compile(r"UNIQUE constraint failed: (?P<columns>.+)")


def failure_of(error: BaseException) -> Failure | None:
    """`None` for what is a fault of ours."""
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(_BUSY):
        return busy(name)
    if isinstance(error, sqlite3.IntegrityError):
        return _refusal(str(error))
    if type(error) in (sqlite3.OperationalError, sqlite3.DatabaseError):
        return DatabaseUnavailable(str(error))
    return None


def _refusal(message: str) -> Failure | None:
    """SQLite names the columns of a broken constraint, not the constraint."""
    broken = _UNIQUE.fullmatch(message)
    if broken is None:
        return None
    places = [place.split(".") for place in broken["columns"].split(", ")]
    return refusal_of(places[0][0], {column for _, column in places})
