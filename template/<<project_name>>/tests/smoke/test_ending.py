"""SIGTERM while requests are under way, and SIGKILL at any moment."""

import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event

import httpx
import pytest

from .service import Service, rows

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")


@dataclass
class Caller:
    """Keeps one connection and calls until the answer says that the connection closes."""

    service: Service
    statuses: list[int] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def run(self, ended: Event) -> None:
        with httpx.Client(timeout=30) as client:
            while not ended.is_set():
                try:
                    answer = client.get(self.service.url + "/healthz")
                except httpx.TransportError as error:
                    self.failures.append(repr(error))
                    return
                self.statuses.append(answer.status_code)
                if answer.headers.get("connection") == "close":
                    return


def test_sigterm_under_load_fails_none_of_1000_requests(service: Service) -> None:
    callers = [Caller(service) for _ in range(8)]
    ended = Event()
    with ThreadPoolExecutor(len(callers)) as pool:
        running = [pool.submit(caller.run, ended) for caller in callers]
        while sum(len(caller.statuses) for caller in callers) < 1000:
            time.sleep(0.01)
        service.terminate()
        for caller in running:
            caller.result(timeout=60)
    exit_code, _ = service.ended()

    assert [failure for caller in callers for failure in caller.failures] == []
    assert {status for caller in callers for status in caller.statuses} == {200}
    assert exit_code == 0


def test_after_sigterm_the_service_is_alive_but_not_ready(service: Service) -> None:
    service.terminate()
    service.wait_until("/readyz", 503, within_seconds=5)

    assert service.status_of("/healthz") == 200


def test_a_request_that_was_accepted_before_sigterm_is_answered(service: Service) -> None:
    service.sandbox.fault("/sns/jscode2session", delay_seconds=1.5)
    with httpx.Client() as client, ThreadPoolExecutor(1) as pool:
        slow = pool.submit(service.sign_in, client, "slow")
        time.sleep(0.5)
        service.terminate()
        grant = slow.result(timeout=30)
    exit_code, _ = service.ended()

    assert grant["access_token"]
    assert exit_code == 0


def test_what_waits_in_queues_is_written_before_the_end(
    environ: dict[str, str], service: Service
) -> None:
    with httpx.Client() as client:
        service.sign_in(client, "queued")
    service.terminate()
    service.ended()

    assert "identity.sign_in" in [row["action"] for row in rows(environ, "audit")]


def test_ctrl_c_ends_the_service_well(service: Service) -> None:
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
