"""The label sets of one metric, each looked up once and then kept."""

from collections.abc import Callable
from typing import Generic, TypeVar

ChildT = TypeVar("ChildT")

MOST = 500
"""Label sets a metric may have; labels come from small sets, and this is what holds if not."""


class Children(Generic[ChildT]):
    """What comes after `MOST` label sets is counted under `other`."""

    def __init__(self, make: Callable[..., ChildT], most: int = MOST) -> None:
        self._make = make
        self._most = most
        self._known: dict[tuple[str, ...], ChildT] = {}

    def of(self, *labels: str) -> ChildT:
        child = self._known.get(labels)
        return child if child is not None else self._meet(labels)

    def _meet(self, labels: tuple[str, ...]) -> ChildT:
        if len(self._known) >= self._most:
            return self._make(*("other" for _ in labels))
        return self._known.setdefault(labels, self._make(*labels))
