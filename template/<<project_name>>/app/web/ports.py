"""What the web edge needs from outside."""

from typing import Protocol


class Counters(Protocol):
    """Counts what happened within a window, over as many processes as share the store."""

    async def increment(self, key: str, window_seconds: int) -> tuple[int, int]:
        """Adds one, atomically: (count so far, seconds left of the window).

        Never fails: where the shared store is away, it counts in this process.
        """


class Metrics(Protocol):
    """Figures about requests; `method` and `route` come from small fixed sets, as labels do."""

    def request_began(self) -> None: ...

    def request_ended(self, method: str, route: str, status: int, seconds: float) -> None: ...

    def exposition(self) -> tuple[bytes, str]:
        """All figures of this process as Prometheus text, and the media type of that text."""


class PublicKeys(Protocol):
    """The JSON Web Key Set of RFC 7517; only where tokens are signed with private keys."""

    def __call__(self) -> dict[str, object]: ...
