"""Where the file lies."""

from pathlib import Path
from typing import Literal

from sqlalchemy import URL, make_url

from ..settings import DatabaseSettings


def file_of(settings: DatabaseSettings) -> Path:
    """Raises ValueError for an address that is not one of SQLite's."""
    url = make_url(settings.url.get_secret_value())
    if url.drivername != "sqlite" or url.database in (None, "", ":memory:"):
        raise ValueError("DATABASE_URL must look like sqlite:///path/to/file.db")
    return Path(str(url.database)).absolute()


def address(settings: DatabaseSettings, mode: Literal["rw", "rwc"]) -> URL:
    """With `rw` a file that is not there stays away; with `rwc` an empty one is made."""
    return URL.create(
        "sqlite+aiosqlite",
        database=file_of(settings).as_uri(),
        query={"mode": mode, "uri": "true"},
    )
