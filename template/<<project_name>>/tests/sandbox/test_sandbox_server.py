"""The sandbox as a server: many callers, kept connections, a clean end."""

import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx
import pytest

from sandbox import Sandbox
from sandbox.listening import Listener
from sandbox.state import World, wall_clock
from tests.sandbox.asking import LOGIN, NO_TLS


def test_forty_callers_find_room_in_the_queue_before_anybody_is_served() -> None:
    listener = Listener(World(None, None, wall_clock), 0)

    with ExitStack() as open_ones:
        for _ in range(40):
            # Whoever finds no room waits a second and tries again.
            address = ("127.0.0.1", listener.server_port)
            open_ones.enter_context(socket.create_connection(address, timeout=0.5))

    listener.server_close()


def test_a_connection_is_kept(client: httpx.Client, sandbox: Sandbox) -> None:
    answers = [client.get(LOGIN) for _ in range(2)]

    ports = {
        answer.extensions["network_stream"].get_extra_info("client_addr") for answer in answers
    }
    assert len(ports) == 1


def test_a_seed_makes_a_run_repeatable() -> None:
    def run() -> list[str]:
        with Sandbox.start(seed=7) as sandbox:
            return [sandbox.code("alice"), sandbox.phone_code("alice", "13800138000")]

    assert run() == run()


def test_without_a_seed_no_code_comes_again() -> None:
    with Sandbox.start() as first, Sandbox.start() as second:
        assert first.code("alice") != second.code("alice")


def test_stopping_ends_connections_and_delays(client: httpx.Client) -> None:
    with (
        Sandbox.start() as sandbox,
        httpx.Client(base_url=sandbox.url, timeout=5, verify=NO_TLS) as other,
    ):
        sandbox.fault(LOGIN, delay_seconds=60)
        with ThreadPoolExecutor(1) as threads:
            waiting = threads.submit(other.get, LOGIN)
            while not sandbox.calls():
                pass
            sandbox.stop()
            with pytest.raises(httpx.TransportError):
                waiting.result()
        with pytest.raises(httpx.ConnectError):
            other.get(LOGIN)
