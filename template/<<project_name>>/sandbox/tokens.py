"""The app's own access tokens, of the stable kind and of the old one; neither ends the other."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .refusals import Refusal

LIFETIME = timedelta(seconds=7200)
OVERLAP = timedelta(seconds=300)
"""A stable token is renewed so long before its end; an old one lives so long beside its heir."""
FORCES_A_DAY = 20
BETWEEN_FORCES = timedelta(seconds=30)


@dataclass(slots=True)
class AccessTokens:
    make: Callable[[], str]
    expires_at: dict[str, datetime] = field(default_factory=dict)
    stable: str | None = None
    legacy: str | None = None
    forced_at: list[datetime] = field(default_factory=list)

    def issue_stable(self, now: datetime, *, force: bool) -> tuple[str, int]:
        """The same token while more than five minutes are left; `force` kills it at once.

        Assumed, since WeChat does not say: too soon is 45011, too often in a day is 45009.
        """
        if force:
            self._force(now)
        if self.stable is None or self.expires_at[self.stable] - now <= OVERLAP:
            self.stable = self._new(now)
        return self.stable, self._left(self.stable, now)

    def issue_legacy(self, now: datetime) -> tuple[str, int]:
        """Each call makes a new one; the one before lives five minutes more at most."""
        if self.legacy is not None:
            self.expires_at[self.legacy] = min(self.expires_at[self.legacy], now + OVERLAP)
        self.legacy = self._new(now)
        return self.legacy, self._left(self.legacy, now)

    def check(self, token: str, now: datetime) -> None:
        if not token:
            raise Refusal(41001)
        if token not in self.expires_at:
            raise Refusal(40001)
        if self.expires_at[token] <= now:
            raise Refusal(42001)

    def _force(self, now: datetime) -> None:
        recent = [at for at in self.forced_at if now - at < timedelta(days=1)]
        if recent and now - recent[-1] < BETWEEN_FORCES:
            raise Refusal(45011)
        if len(recent) >= FORCES_A_DAY:
            raise Refusal(45009)
        self.forced_at = [*recent, now]
        if self.stable is not None:
            del self.expires_at[self.stable]
            self.stable = None

    def _new(self, now: datetime) -> str:
        token = self.make()
        self.expires_at[token] = now + LIFETIME
        return token

    def _left(self, token: str, now: datetime) -> int:
        return int((self.expires_at[token] - now).total_seconds())
