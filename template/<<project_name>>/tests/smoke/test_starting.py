"""Starting with something missing or wrong, and with more than one worker."""

import sys
import time
from pathlib import Path

import httpx
import pytest

from sandbox import Sandbox

from .service import API, Service, make_database, run_to_its_end, serving

SOON_SECONDS = 0.3


def fastest(service: Service, path: str) -> tuple[float, int]:
    """The best of five, in seconds, and the status: a busy machine is not what is asked about."""
    taken = []
    with httpx.Client() as client:
        for _ in range(5):
            began = time.monotonic()
            status = client.get(service.url + path).status_code
            taken.append((time.monotonic() - began, status))
    return min(taken)


def test_a_service_without_its_database_lives_and_is_ready_once_it_is_there(
    environ: dict[str, str], tmp_path: Path, sandbox: Sandbox
) -> None:
    with serving(environ, tmp_path, sandbox) as service:
        while_away = [service.get(path).status_code for path in ("/healthz", "/readyz")]
        body = {"code": sandbox.code("early")}
        refused = httpx.post(service.url + API + "/auth/wechat/login", json=body, timeout=10)
        seconds, _ = fastest(service, "/readyz")
        make_database(environ)
        service.wait_until("/readyz", 200, within_seconds=10)
        with httpx.Client() as client:
            grant = service.sign_in(client)

    assert while_away == [200, 503]
    assert (refused.status_code, refused.json()["code"]) == (503, 9001)
    assert seconds < SOON_SECONDS
    assert grant["access_token"]


@pytest.mark.skipif(sys.platform == "win32", reason="measures the child's time as POSIX does")
def test_wrong_settings_stop_the_start_within_two_seconds(
    environ: dict[str, str], tmp_path: Path
) -> None:
    from resource import RUSAGE_CHILDREN, getrusage

    del environ["AUDIT_PSEUDONYM_KEY"]
    before = getrusage(RUSAGE_CHILDREN)
    exit_code, said = run_to_its_end({**environ, "APP_PORT": "a-secret-perhaps"}, tmp_path)
    after = getrusage(RUSAGE_CHILDREN)

    # The time that it worked, because how long it waited for a processor is not its doing.
    worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert exit_code == 1
    assert "APP_PORT: " in said
    assert "AUDIT_PSEUDONYM_KEY: missing" in said
    assert "a-secret-perhaps" not in said
    assert "Traceback" not in said
    assert worked < 2


def test_a_port_that_is_taken_is_said_in_one_sentence(
    environ: dict[str, str], tmp_path: Path, sandbox: Sandbox
) -> None:
    with serving(environ, tmp_path, sandbox):
        exit_code, said = run_to_its_end(environ, tmp_path)

    assert exit_code == 1
    assert said.startswith("APP_HOST and APP_PORT: ")
    assert said.count("\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Granian has one worker there")
def test_figures_of_several_workers_are_added_up(
    environ: dict[str, str], tmp_path: Path, sandbox: Sandbox
) -> None:
    make_database(environ)
    environ["APP_WORKERS"] = "2"
    line = 'http_requests_total{method="GET",route="/openapi.json",status="200"} 40.0'
    with serving(environ, tmp_path, sandbox) as service:
        for _ in range(40):
            service.get("/openapi.json")
        looks = [line in service.get("/metrics").text for _ in range(8)]
        service.terminate()
        exit_code, _ = service.ended()

    assert looks == [True] * 8
    assert exit_code == 0
