"""What operators see of requests, and what they must not see."""

import logging
from collections.abc import Callable

import httpx
import pytest

from app.identity.errors import WeChatMisconfigured
from app.kernel.errors import DatabaseUnavailable
from app.web.edge import Edge

from .memory import Behind
from .wire import speak

API = "/api/v1"
LOGIN = f"{API}/auth/wechat/login"
ME = f"{API}/users/me"
JSON = [("Content-Type", "application/json")]

Headers = dict[str, str]
MakeApp = Callable[..., Edge]


async def test_a_client_that_leaves_is_no_defect(
    make_app: MakeApp, behind: Behind, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    await speak(make_app(), "POST", LOGIN, [b'{"co'], headers=JSON, then="disconnect")

    [line] = [record for record in caplog.records if record.name == "app.web.access_log"]
    assert (line.levelname, vars(line)["route"]) == ("INFO", LOGIN)


async def test_figures_bear_templates_and_a_fixed_set_of_methods(
    client: httpx.AsyncClient, behind: Behind, alice: Headers
) -> None:
    behind.metrics.ended.clear()

    await client.get(f"{API}/orders/canary", headers=alice)
    await client.get("/canary")
    await client.request("CANARY", ME)

    assert behind.metrics.ended == [
        ("GET", f"{API}/orders/{{id}}", 404),
        ("GET", "unmatched", 404),
        ("OTHER", "unmatched", 405),
    ]
    assert behind.metrics.in_flight == 0


async def test_the_access_log_has_one_line_without_anything_private(
    client: httpx.AsyncClient, alice: Headers, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="app")
    caplog.clear()

    await client.get(f"{API}/orders?cursor=canary", headers={**alice, "User-Agent": "canary"})

    [line] = [record for record in caplog.records if record.name.startswith("app")]
    said = {"method": "GET", "route": f"{API}/orders", "status": 400, "answer_code": 400}
    assert said.items() <= vars(line).items()
    everything = str(vars(line))
    assert "canary" not in everything
    assert alice["Authorization"].removeprefix("Bearer ") not in everything
    assert "203.0.113.7" not in everything


@pytest.mark.parametrize(
    ("failure", "level"),
    [(WeChatMisconfigured("40125"), "ERROR"), (DatabaseUnavailable("refused"), "WARNING")],
)
async def test_operators_are_told_why_it_was_this_service_s_fault(
    client: httpx.AsyncClient,
    behind: Behind,
    caplog: pytest.LogCaptureFixture,
    failure: Exception,
    level: str,
) -> None:
    failure.__cause__ = OSError("canary")
    behind.platform.failure = failure

    await client.post(LOGIN, json={"code": "alice-1"})

    line = caplog.records[-1]
    assert (line.levelname, vars(line)["detail"]) == (level, str(failure))
    assert vars(line)["because"] == ["OSError"]
