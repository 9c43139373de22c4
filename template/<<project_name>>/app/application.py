"""What this backend can do: the verbs of all modules, and the life around them."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from typing import Protocol, TypeVar, cast

T = TypeVar("T")


class Companion(Protocol):
    """Something that runs beside the requests: a relay, a queue's writer."""

    async def start(self) -> None:
        """Must not fail because a server is away; it tries again by itself."""

    async def stop(self) -> None:
        """Finishes what was accepted, then returns."""


class Application:
    """Holds one object per class of verbs; `async with` starts and stops its companions."""

    def __init__(
        self,
        verbs: Sequence[object],
        companions: Sequence[Companion],
        is_ready: Callable[[], Awaitable[bool]],
        close: Callable[[], Awaitable[None]],
    ) -> None:
        self._verbs = {type(verb): verb for verb in verbs}
        self.companions = companions
        self._close = close
        self._life = AsyncExitStack()
        self.is_ready = is_ready

    def of(self, kind: type[T]) -> T:
        """The verbs of one class, such as `application.of(Orders)`."""
        return cast(T, self._verbs[kind])

    async def __aenter__(self) -> "Application":
        self._life.push_async_callback(self._close)
        for companion in self.companions:
            await companion.start()
            self._life.push_async_callback(companion.stop)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._life.aclose()
