"""Every access token that must not pass, refused in the same words and without a connection."""

import hashlib
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import get_ident
from time import perf_counter

import pytest

from app.adapters.tokens.jwt.access_token import AccessToken, AccessTokens, Verified
from app.adapters.tokens.jwt.signing_keys import read_signing_keys
from app.identity.domain import SessionId, UserId
from app.kernel.errors import NotSignedIn
from app.kernel.ids import new_id
from tests.clock import TurnableClock
from tests.unit.forged_tokens import ALL, CLAIMS, NOW, forged, padded, with_spare_bits
from tests.unit.token_doubles import ES256_KEY, HS256_KEY

OUTWARD = ("open", "socket.connect", "socket.getaddrinfo")


def opened() -> AccessTokens:
    keys = read_signing_keys(f"{HS256_KEY},{ES256_KEY.replace('active', 'verify')}")
    return AccessTokens(keys, "shop", "mini-program", 600)


@pytest.fixture
def at() -> TurnableClock:
    return TurnableClock(datetime.fromtimestamp(NOW, UTC))


@contextmanager
def watched() -> Iterator[list[str]]:
    """What this thread opens or connects to meanwhile; an audit hook cannot be taken off again."""
    seen: list[str] = []
    thread, is_listening = get_ident(), True

    def watch(event: str, _: tuple[object, ...]) -> None:
        if is_listening and get_ident() == thread and event in OUTWARD:
            seen.append(event)

    sys.addaudithook(watch)
    yield seen
    is_listening = False


def test_the_forger_can_make_a_token_that_passes(at: TurnableClock) -> None:
    assert opened().read(forged(), at())


def test_a_claim_that_nobody_asked_for_is_ignored(at: TurnableClock) -> None:
    assert opened().read(forged(claims={**CLAIMS, "scope": "all"}), at())


@pytest.mark.parametrize("name", ALL)
def test_it_is_refused_like_every_other(name: str, at: TurnableClock) -> None:
    text = ALL[name]()

    with pytest.raises(NotSignedIn) as refusal:
        opened().read(text, at())

    assert type(refusal.value) is NotSignedIn
    assert (str(refusal.value), refusal.value.__cause__) == ("", None)


def test_no_refusal_opens_a_connection_or_a_file(
    at: TurnableClock,
) -> None:
    texts = [make() for make in ALL.values()]
    tokens = opened()

    with watched() as seen:
        for text in texts:
            with pytest.raises(NotSignedIn):
                tokens.read(text, at())

    assert seen == []


def test_the_watch_for_connections_sees_them() -> None:
    with watched() as seen, socket.socket() as client:
        client.settimeout(0.1)
        client.connect_ex(("127.0.0.1", 9))

    assert seen == ["socket.connect"]


def test_a_huge_token_is_refused_at_once(at: TurnableClock) -> None:
    text = forged(claims={**CLAIMS, "more": "x" * 10_000_000})
    tokens = opened()

    began = perf_counter()
    with pytest.raises(NotSignedIn):
        tokens.read(text, at())

    assert perf_counter() - began < 0.05


def test_what_was_once_found_genuine_is_not_believed_in_another_spelling(
    at: TurnableClock,
) -> None:
    tokens = opened()
    tokens.read(forged(), at())

    for altered in (with_spare_bits(), padded(2), forged() + "\n"):
        with pytest.raises(NotSignedIn):
            tokens.read(altered, at())


def test_what_was_once_found_genuine_still_ends(at: TurnableClock) -> None:
    tokens = opened()
    text = tokens.write(AccessToken(UserId(new_id()), SessionId(new_id()), 1), at())
    tokens.read(text, at())

    at.advance(seconds=600)

    with pytest.raises(NotSignedIn):
        tokens.read(text, at())


def test_at_most_so_many_genuine_tokens_are_remembered() -> None:
    verified = Verified[int](2)
    verified.keep("a", 1)
    verified.keep("b", 2)
    verified.recall("a")

    verified.keep("c", 3)

    assert [verified.recall(text) for text in "abc"] == [1, None, 3]


def test_tokens_themselves_are_not_remembered() -> None:
    verified = Verified[int](2)

    verified.keep("a.b.c", 1)

    assert list(verified._known) == [hashlib.sha256(b"a.b.c").digest()]
