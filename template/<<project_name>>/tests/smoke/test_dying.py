"""SIGKILL at moments that nobody chose: what was answered is there, and nothing is half there."""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.commands.seed import fill_catalogue
from app.settings import read_settings
from sandbox import Sandbox

from .service import API, Service, make_database, rows, serving

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")

LINES = [{"sku": sku, "quantity": 1} for sku in ("tea-1", "tea-2", "cup-1")]


def place_orders(service: Service, grant: Mapping[str, Any]) -> list[str]:
    """Until the service dies; the ids of the orders that were acknowledged."""
    acknowledged: list[str] = []
    headers = {"Authorization": f"Bearer {grant['access_token']}"}
    with httpx.Client(timeout=10, headers=headers) as client:
        while True:
            try:
                answer = client.post(service.url + API + "/orders", json={"items": LINES})
            except httpx.TransportError:
                return acknowledged
            if answer.status_code == 200:
                acknowledged.append(answer.json()["data"]["id"])


def refresh(service: Service, grant: Mapping[str, Any]) -> Mapping[str, Any]:
    """Until the service dies; the last grant that arrived."""
    with httpx.Client(timeout=10) as client:
        while True:
            body = {"refresh_token": grant["refresh_token"]}
            try:
                answer = client.post(service.url + API + "/auth/refresh", json=body)
            except httpx.TransportError:
                return grant
            if answer.status_code == 200:
                grant = answer.json()["data"]


def test_sigkill_leaves_no_torn_row_and_loses_no_answer(
    environ: dict[str, str], tmp_path: Path, sandbox: Sandbox
) -> None:
    make_database(environ)
    asyncio.run(fill_catalogue(read_settings(environ)))
    with serving(environ, tmp_path, sandbox) as service, httpx.Client() as client:
        buyer, roamer = (service.sign_in(client, user) for user in ("buyer", "roamer"))
        with ThreadPoolExecutor(4) as pool:
            buying = [pool.submit(place_orders, service, buyer) for _ in range(3)]
            roaming = pool.submit(refresh, service, roamer)
            time.sleep(1.5)
            service.kill()
            acknowledged = {id for buyer_ in buying for id in buyer_.result()}
            last_grant = roaming.result()
    with serving(environ, tmp_path, sandbox) as service:
        body = {"refresh_token": last_grant["refresh_token"]}
        after = httpx.post(service.url + API + "/auth/refresh", json=body)

    kept = {str(row["id"]) for row in rows(environ, "orders")}
    items = Counter(str(row["order_id"]) for row in rows(environ, "order_items"))
    assert acknowledged
    assert acknowledged <= kept
    assert items == dict.fromkeys(kept, len(LINES))
    assert after.status_code == 200
