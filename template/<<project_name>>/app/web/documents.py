"""What the service says of itself: once as OpenAPI, once as a page."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import orjson

from .contract import describe
from .docs_page import render
from .operations import Operation


class Documents:
    """Made when somebody first asks, so that nobody waits for them at the start."""

    def __init__(self, operations: Iterable[Operation], *, forbid_unknown: bool) -> None:
        self._operations = tuple(operations)
        self._forbid_unknown = forbid_unknown

    @cached_property
    def openapi(self) -> bytes:
        return orjson.dumps(self._contract)

    @cached_property
    def page(self) -> str:
        return render(self._contract)

    @cached_property
    def _contract(self) -> dict[str, Any]:
        return describe(self._operations, forbid_unknown=self._forbid_unknown)
