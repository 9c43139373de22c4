"""The table of operations: documents are made from it, and no route exists that is not in it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ..per_module import files_of
from .operation import API as API
from .operation import Limit as Limit
from .operation import Operation as Operation
from .outside import OPERATIONS as OUTSIDE


def _gather() -> Mapping[tuple[str, str], Operation]:
    modules = (row for file in files_of(__name__) for row in file.OPERATIONS)
    return MappingProxyType({(row.method, row.path): row for row in (*modules, *OUTSIDE)})


OPERATIONS: Final = _gather()
"""By method and full path."""
