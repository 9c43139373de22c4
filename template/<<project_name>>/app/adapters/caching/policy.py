"""How long an answer may be given again."""

from dataclasses import dataclass
from random import SystemRandom
from typing import Final

NEAR_SECONDS: Final = 5.0
"""The oldest answer that a process gives when no store tells it what others have changed."""

_SPREAD: Final = 0.2
_random: Final = SystemRandom().random


@dataclass(frozen=True, slots=True)
class Policy:
    """An hour is the default that the requirements name for cache entries.

    `absent_seconds` is how long "there is no such thing" is remembered.
    With `stale_seconds` above 0 an answer past its time is given once more while a new one is
    loaded: never for anything that can be revoked.
    `capacity` bounds the in-process tier, in answers; absent things have as much of their own,
    so that asking for nonsense pushes nothing real out.
    """

    lifetime_seconds: float = 3600.0
    absent_seconds: float = 2.0
    stale_seconds: float = 0.0
    capacity: int = 10_000


REVOCABLE: Final = Policy(lifetime_seconds=NEAR_SECONDS)
"""For what somebody may be put out by: no tier holds it longer than 5 s, whatever stores do."""


def jittered(seconds: float) -> float:
    """Between four fifths and all of it, so that what came together does not expire together."""
    return seconds * (1 - _SPREAD * _random())
