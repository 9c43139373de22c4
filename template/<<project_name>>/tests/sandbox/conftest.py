"""A sandbox whose time a test turns, and somebody to ask it."""

from collections.abc import Iterator

import httpx
import pytest

from sandbox import Sandbox
from tests.clock import TurnableClock
from tests.sandbox.asking import NO_TLS, SECRET


@pytest.fixture
def clock() -> TurnableClock:
    return TurnableClock()


@pytest.fixture
def sandbox(clock: TurnableClock) -> Iterator[Sandbox]:
    with Sandbox.start(SECRET, clock=clock) as sandbox:
        yield sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=sandbox.url, timeout=5, verify=NO_TLS) as client:
        yield client
