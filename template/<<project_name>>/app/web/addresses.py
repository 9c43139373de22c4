"""From which address a request came, as far as that can be believed."""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from .asgi import Scope
from .settings import Network

Address = IPv4Address | IPv6Address

UNKNOWN = "unknown"


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
