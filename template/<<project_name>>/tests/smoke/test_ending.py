"""SIGTERM while requests are under way: one goodbye, looked at from all sides."""

import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event

import httpx
import pytest

from sandbox import Sandbox

from ..conftest import SECRETS
from .service import Service, environment, make_database, rows, serving

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")

CALLERS = 8


@dataclass
class Caller:
    """Keeps one connection and calls until the answer says that the connection closes."""

    service: Service
    statuses: list[int] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def run(self, is_over: Event) -> None:
        with httpx.Client(timeout=30) as client:
            while not is_over.is_set():
                try:
                    answer = client.get(self.service.url + "/healthz")
                except httpx.TransportError as error:
                    self.failures.append(repr(error))
                    return
                self.statuses.append(answer.status_code)
                if answer.headers.get("connection") == "close":
                    return


@dataclass
class Goodbye:
    """What was seen of it: by callers, by the one who waited, by operators."""

    callers: list[Caller]
    slow_grant: str
    seconds_until_not_ready: float
    alive_status: int | None
    exit_code: int
    logged: str
    audited: list[str]


@pytest.fixture(scope="module")
def goodbye(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Goodbye:
    """Eight callers, a sign-in that waits for WeChat, and SIGTERM in the midst of it."""
    folder = tmp_path_factory.mktemp("goodbye")
    environ = environment(SECRETS, folder / "shop.db", sandbox)
    make_database(environ)
    is_over = Event()
    with serving(environ, folder, sandbox) as service, httpx.Client() as client:
        callers = [Caller(service) for _ in range(CALLERS)]
        sandbox.fault("/sns/jscode2session", delay_seconds=2)
        with ThreadPoolExecutor(CALLERS + 1) as pool:
            running = [pool.submit(caller.run, is_over) for caller in callers]
            while sum(len(caller.statuses) for caller in callers) < 1000:
                time.sleep(0.01)
            slow = pool.submit(service.sign_in, client, "slow")
            while not sandbox.calls():
                time.sleep(0.01)
            service.terminate()
            not_ready = service.wait_until("/readyz", 503, within_seconds=5)
            alive_status = service.status_of("/healthz")
            for caller in running:
                caller.result(timeout=60)
            grant = slow.result(timeout=60)
        exit_code, logged = service.ended()
    audited = [row["action"] for row in rows(environ, "audit")]
    return Goodbye(
        callers, grant["access_token"], not_ready, alive_status, exit_code, logged, audited
    )


def test_sigterm_under_load_fails_none_of_1000_requests(goodbye: Goodbye) -> None:
    statuses = [status for caller in goodbye.callers for status in caller.statuses]
    failures = [failure for caller in goodbye.callers for failure in caller.failures]

    assert failures == []
    assert len(statuses) >= 1000
    assert set(statuses) == {200}


def test_after_sigterm_the_service_is_not_ready_but_alive(goodbye: Goodbye) -> None:
    assert goodbye.seconds_until_not_ready < 5
    assert goodbye.alive_status == 200


def test_a_request_that_was_accepted_before_sigterm_is_answered(goodbye: Goodbye) -> None:
    assert goodbye.slow_grant


def test_after_sigterm_the_service_ends_with_0(goodbye: Goodbye) -> None:
    assert goodbye.exit_code == 0
    assert "Traceback" not in goodbye.logged


def test_what_waits_in_queues_is_written_before_the_end(goodbye: Goodbye) -> None:
    assert "identity.sign_in" in goodbye.audited


def test_ctrl_c_ends_the_service_with_0(service: Service) -> None:
    os.killpg(service.pid, signal.SIGINT)

    exit_code, logged = service.ended()

    assert exit_code == 0
    assert "Traceback" not in logged


def test_workers_do_not_outlive_a_killed_parent(service: Service) -> None:
    os.kill(service.pid, signal.SIGKILL)

    deadline = time.monotonic() + 20
    while service.status_of("/healthz") is not None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
