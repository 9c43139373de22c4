"""Finds what this project's modules contribute to a ring of the web.

A ring is a package that holds one file per module, of the module's name.
A module that has nothing to say there, such as one without routes, has no file there.
"""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from ..modules import NAMES


def files_of(ring: str) -> Iterator[ModuleType]:
    """`ring` is a package's full name, such as `app.web.codes`."""
    for name in NAMES:
        if find_spec(f"{ring}.{name}") is not None:
            yield import_module(f"{ring}.{name}")
