"""What the modules contribute to the application while they are wired, one after another."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar, cast

from ..identity.ports import UserData
from ..kernel.events import Event

T = TypeVar("T")
Handler = Callable[[Event], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Wiring:
    """`user_data` is what modules add to a user's export; `handlers` act on events, by name."""

    verbs: dict[type, object] = field(default_factory=dict)
    handlers: dict[str, list[Handler]] = field(default_factory=lambda: defaultdict(list))
    user_data: list[UserData] = field(default_factory=list)

    def offer(self, *verbs: object) -> None:
        self.verbs.update({type(verb): verb for verb in verbs})

    def of(self, kind: type[T]) -> T:
        """The verbs of a module that was wired before; KeyError names the class otherwise."""
        return cast(T, self.verbs[kind])

    def subscribe(self, event: str, handler: Handler) -> None:
        self.handlers[event].append(handler)
