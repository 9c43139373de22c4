"""How often one caller may come, a minute."""

from typing import Final

from ..kernel.errors import TooMany
from .operations import Limit
from .ports import Counters
from .settings import LimitsSettings

WINDOW_SECONDS: Final = 60


class Limits:
    """Counts by whoever an operation's limit names: an address, a token family, or a user."""

    def __init__(self, counters: Counters, settings: LimitsSettings, *, is_production: bool):
        self._counters = counters
        self._is_on = settings.enabled or is_production
        self._allowed: dict[Limit, int] = {
            "sign_in": settings.sign_in_per_minute,
            "refresh": settings.refresh_per_minute,
            "phone": settings.phone_per_minute,
            "others": settings.others_per_minute,
        }

    async def count(self, limit: Limit, who: str) -> None:
        """Raises TooMany with the seconds until the window ends."""
        if not self._is_on:
            return
        count, seconds_left = await self._counters.increment(f"{limit}:{who}", WINDOW_SECONDS)
        if count > self._allowed[limit]:
            raise TooMany(retry_after_seconds=max(1, seconds_left))
