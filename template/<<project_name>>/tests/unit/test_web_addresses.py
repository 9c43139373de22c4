"""Which address a request is counted by."""

import pytest

from app.web.limits import Addresses
from app.web.settings import WebSettings

TRUSTED = "10.0.0.0/8,2001:db8:ff::/48"


def address(peer: str | None, *forwarded: str, trusted: str = TRUSTED) -> str:
    networks = WebSettings(trusted_proxies=trusted).trusted_networks
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    client = (peer, 1234) if peer is not None else None
    return Addresses(networks).of({"client": client, "headers": headers})


def test_without_a_proxy_it_is_the_peer() -> None:
    assert address("203.0.113.7") == "203.0.113.7"


def test_an_untrusted_peer_cannot_speak_for_others() -> None:
    assert address("203.0.113.7", "198.51.100.1") == "203.0.113.7"


def test_a_trusted_peer_speaks_for_its_client() -> None:
    assert address("10.1.2.3", "198.51.100.1") == "198.51.100.1"


def test_what_the_client_wrote_before_the_proxy_is_not_believed() -> None:
    assert address("10.1.2.3", "1.1.1.1, 2.2.2.2, 198.51.100.1") == "198.51.100.1"


def test_a_chain_of_trusted_proxies_is_followed_over_all_headers() -> None:
    assert address("10.1.2.3", "1.1.1.1, 198.51.100.1", "10.9.9.9") == "198.51.100.1"


@pytest.mark.parametrize("junk", ["", "unknown", "_hidden", "999.1.1.1", "a:b:c", "[", ":"])
def test_junk_is_answered_for_by_whoever_passed_it_on(junk: str) -> None:
    assert address("10.1.2.3", f"198.51.100.1, {junk}") == "10.1.2.3"


@pytest.mark.parametrize(
    ("written", "meant"),
    [("198.51.100.1:4711", "198.51.100.1"), ("[2001:db8:1:2::7]:443", "2001:db8:1:2::/64"),
     ("::ffff:198.51.100.1", "198.51.100.1")],
)  # fmt: skip
def test_the_ways_proxies_write_addresses_are_understood(written: str, meant: str) -> None:
    assert address("10.1.2.3", written) == meant


def test_one_ipv6_subscriber_is_counted_once() -> None:
    neighbours = {address("2001:db8:1:2::1"), address("2001:db8:1:2:ffff::9")}

    assert neighbours == {"2001:db8:1:2::/64"}
    assert address("2001:db8:1:3::1") == "2001:db8:1:3::/64"


@pytest.mark.parametrize("peer", [None, "", "/run/app.sock"])
def test_a_peer_without_an_address_is_unknown(peer: str | None) -> None:
    assert address(peer, "198.51.100.1") == "unknown"
