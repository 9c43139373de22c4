"""Questions that are being answered: one at a time per key, however many ask."""

import asyncio
from collections.abc import Coroutine
from functools import partial
from typing import Generic, TypeVar

T = TypeVar("T")


class Flights(Generic[T]):
    """Each is a task of its own, so that it outlives the caller that asked first."""

    def __init__(self) -> None:
        self._by_key: dict[str, asyncio.Task[T]] = {}
        self._running: set[asyncio.Task[T]] = set()

    def get(self, key: str) -> asyncio.Task[T] | None:
        return self._by_key.get(key)

    def start(self, key: str, question: Coroutine[object, object, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(question)
        self._by_key[key] = task
        self._running.add(task)
        task.add_done_callback(partial(self._land, key))
        return task

    def is_in_charge(self, key: str) -> bool:
        """Whether the task that asks this is still the one whose answer counts."""
        return self._by_key.get(key) is asyncio.current_task()

    def disown(self, key: str) -> None:
        """Whoever waits gets the answer; nobody else will."""
        self._by_key.pop(key, None)

    def _land(self, key: str, task: asyncio.Task[T]) -> None:
        self._running.discard(task)
        if self._by_key.get(key) is task:
            del self._by_key[key]
        if not task.cancelled():
            # Read here, so that an error that nobody waited for is not reported as lost.
            task.exception()
