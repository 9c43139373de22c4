"""How often one caller may come, a minute; who is not signed in is known by address."""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final

from ..kernel.errors import TooMany
from .exchange import Scope
from .operations import Limit
from .ports import Counters
from .settings import LimitsSettings, Network

Address = IPv4Address | IPv6Address

UNKNOWN = "unknown"

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


class Addresses:
    """`X-Forwarded-For` counts only as far as trusted peers wrote it, read from the near end."""

    def __init__(self, trusted: Sequence[Network]) -> None:
        self._trusted = tuple(trusted)

    def of(self, scope: Scope) -> str:
        """IPv6 by its /64, which is what one subscriber has."""
        client = scope.get("client")
        address = _parse(client[0]) if client else None
        if address is None:
            return UNKNOWN
        for hop in _hops(scope):
            before = _parse(hop) if self._is_trusted(address) else None
            if before is None:
                break
            address = before
        return _group(address)

    def _is_trusted(self, address: Address) -> bool:
        return any(address in network for network in self._trusted)


def _hops(scope: Scope) -> Iterator[str]:
    """Nearest first; several headers are one list (RFC 9110, section 5.3)."""
    values = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
    yield from reversed(b",".join(values).decode("latin-1").split(","))


def _parse(text: str) -> Address | None:
    """With or without a port; an IPv4 address in IPv6's clothes is an IPv4 address."""
    for candidate in (text.strip(), _without_port(text.strip())):
        try:
            address = ip_address(candidate)
        except ValueError:
            continue
        mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
        return mapped or address
    return None


def _without_port(text: str) -> str:
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0]


def _group(address: Address) -> str:
    if isinstance(address, IPv4Address):
        return str(address)
    return str(IPv6Network((int(address), 64), strict=False))
