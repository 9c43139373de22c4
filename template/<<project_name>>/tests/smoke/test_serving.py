"""A running service, as a client and an operator meet it."""

import socket
import time
from urllib.parse import urlsplit

import httpx

from .service import API, Service


def connect(service: Service) -> socket.socket:
    place = urlsplit(service.url)
    connection = socket.create_connection((str(place.hostname), int(place.port or 0)))
    connection.settimeout(20)
    return connection


def test_a_user_signs_in_over_the_network(shared_service: Service) -> None:
    with httpx.Client() as client:
        grant = shared_service.sign_in(client)
        bearer = {"Authorization": f"Bearer {grant['access_token']}"}
        answer = client.get(shared_service.url + API + "/users/me", headers=bearer)

    assert answer.status_code == 200
    assert answer.json()["data"]["id"] == grant["user"]["id"]


def test_a_running_service_is_alive_and_ready(shared_service: Service) -> None:
    statuses = [shared_service.get(path).status_code for path in ("/healthz", "/readyz")]

    assert statuses == [200, 200]


def test_figures_are_served_as_prometheus_text(shared_service: Service) -> None:
    shared_service.get("/healthz")

    answer = shared_service.get("/metrics")

    assert 'http_requests_total{method="GET",route="/healthz",status="200"}' in answer.text
    assert answer.headers["content-type"].startswith("text/plain")


def test_headers_that_never_end_are_not_waited_for(shared_service: Service) -> None:
    with connect(shared_service) as connection:
        began = time.monotonic()
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: here\r\nX-Slow: ")
        left = connection.recv(1024)

    assert left == b""
    assert time.monotonic() - began < 10


def test_a_head_of_more_than_64_kib_is_refused(shared_service: Service) -> None:
    with connect(shared_service) as connection:
        head = b"GET /healthz HTTP/1.1\r\nHost: here\r\nX-Large: " + b"a" * 200_000 + b"\r\n\r\n"
        connection.sendall(head)
        answer = connection.recv(1024)

    assert answer.startswith(b"HTTP/1.1 431 ")
