"""Answers remembered in this process first and in a store behind it; see `kernel.ports.Cache`."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Generic, Literal, TypeVar

from ...kernel.clock import Clock
from ...kernel.errors import DatabaseUnavailable, StoresUnavailable
from .policy import Policy, jittered
from .ports import Store
from .tiers import Entry, Far, Near

T = TypeVar("T")
Load = Callable[[], Awaitable[T | None]]

Outcome = Literal["near", "joined", "far", "stale", "loaded"]
"""Where an answer came from: this process, somebody else's question, the store, the truth."""

OnOutcome = Callable[[str, Outcome], None]


class Flights(Generic[T]):
    """Questions that are being answered: one at a time per key, however many ask.

    Each is a task of its own, so that it outlives the caller that asked first.
    """

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


class TwoTierCache(Generic[T]):
    """Remembers answers and absences, never errors."""

    def __init__(
        self,
        store: Store,
        name: str,
        kind: type[T],
        policy: Policy,
        clock: Clock,
        on_outcome: OnOutcome | None = None,
    ) -> None:
        self._name = name
        self._policy = policy
        self._clock = clock
        self._on_outcome = on_outcome
        self._near = Near[T](policy.capacity)
        self._far = Far(store, name, kind, policy)
        self._flights = Flights[T | None]()
        self._renewals = Flights[T | None]()

    async def get(self, key: str, load: Load[T]) -> T | None:
        """Raises what `load` raises; StoresUnavailable when store and database are both away."""
        known = self._near.get(key, self._now())
        if known is not None:
            self._tell("near")
            return known.value
        flight = self._flights.get(key)
        if flight is not None:
            self._tell("joined")
        else:
            flight = self._flights.start(key, self._find(key, load))
        # Who stops waiting must not take the answer away from those who still do.
        return await asyncio.shield(flight)

    async def forget(self, *keys: str) -> None:
        """The store first: else a question in between would bring its old answer back in here."""
        try:
            await self._far.forget(*keys)
        finally:
            for key in keys:
                self._near.drop(key)
                self._flights.disown(key)
                self._renewals.disown(key)

    async def _find(self, key: str, load: Load[T]) -> T | None:
        found = await self._far.find(key, self._now())
        if found.entry is None:
            return await self._ask(key, load, found.mark)
        now = self._now()
        if found.entry.is_fresh(now):
            self._keep(self._flights, key, found.entry, now)
            self._tell("far")
        else:
            if self._renewals.get(key) is None:
                self._renewals.start(key, self._renew(key, load, found.mark))
            self._tell("stale")
        return found.entry.value

    async def _ask(self, key: str, load: Load[T], mark: bytes | None) -> T | None:
        renewal = self._renewals.get(key)
        if renewal is not None:
            return await asyncio.shield(renewal)
        return await self._load(self._flights, key, load, mark)

    async def _renew(self, key: str, load: Load[T], mark: bytes | None) -> T | None:
        value = await self._load(self._renewals, key, load, mark)
        if value is None:
            await self._far.drop(key)
        return value

    async def _load(
        self, flights: Flights[T | None], key: str, load: Load[T], mark: bytes | None
    ) -> T | None:
        since = self._now()
        try:
            value = await load()
        except DatabaseUnavailable as error:
            if mark is None:
                raise StoresUnavailable from error
            raise
        self._tell("loaded")
        if value is None:
            until = since + jittered(self._policy.absent_seconds)
            self._keep(flights, key, Entry(None, since, until), since)
            return None
        entry = Entry(value, since, since + jittered(self._far.lifetime_seconds))
        self._keep(flights, key, entry, since)
        if mark is not None:
            await self._far.put(key, entry, mark, self._now())
        return value

    def _keep(
        self, flights: Flights[T | None], key: str, entry: Entry[T | None], now: float
    ) -> None:
        """What was asked before its key was forgotten is not remembered."""
        if flights.is_in_charge(key):
            self._near.keep(key, entry, now)

    def _tell(self, outcome: Outcome) -> None:
        if self._on_outcome is not None:
            self._on_outcome(self._name, outcome)

    def _now(self) -> float:
        return self._clock().timestamp()
