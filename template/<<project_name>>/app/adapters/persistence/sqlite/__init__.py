"""SQLite in one file: readers work side by side, writers one after another.

A transaction that reads first and writes later loses updates without an error, so writing
works begin IMMEDIATE: whoever is in one is the only writer, and row locks are not needed.
"""

from .engine import open_database as open_database
from .migrating import open_for_migration as open_for_migration
