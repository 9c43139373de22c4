"""What the edge does for every request: ids, limits, deadlines, headers, figures, the log."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from app.identity.application import Profiles
from app.identity.errors import WeChatMisconfigured
from app.kernel.errors import DatabaseBusy, DatabaseUnavailable, StoresUnavailable
from app.kernel.request import request_id
from app.web.edge import Edge

from .conftest import Open
from .memory import Behind
from .wire import speak

API = "/api/v1"
LOGIN = f"{API}/auth/wechat/login"
ME = f"{API}/users/me"
JSON = [("Content-Type", "application/json")]

Headers = dict[str, str]
MakeApp = Callable[..., Edge]


@pytest.mark.parametrize("given", ["a", "A.b_c-9", "x" * 64])
async def test_a_caller_s_own_request_id_is_kept(client: httpx.AsyncClient, given: str) -> None:
    answer = await client.get("/nothing", headers={"X-Request-Id": given})

    assert answer.headers["x-request-id"] == answer.json()["request_id"] == given


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a\tb", "<a>", "a/b", "a\u00e9", "a\n"])
async def test_any_other_request_id_is_replaced(make_app: MakeApp, given: str) -> None:
    heard = await speak(make_app(), "GET", "/nothing", headers=[("X-Request-Id", given)])

    assert heard.headers["x-request-id"] == heard.json["request_id"]
    assert len(heard.json["request_id"]) == 36


async def test_every_request_has_an_id_of_its_own(client: httpx.AsyncClient) -> None:
    answers = [await client.get("/healthz") for _ in range(3)]

    assert len({answer.json()["request_id"] for answer in answers}) == 3
    assert request_id.get() == ""


async def test_a_body_of_one_mebibyte_is_read_and_no_byte_more(make_app: MakeApp) -> None:
    limit = 1024 * 1024

    read = await speak(make_app(), "POST", LOGIN, [b" " * limit], headers=JSON)
    refused = await speak(make_app(), "POST", LOGIN, [b" " * (limit + 1)], headers=JSON)

    assert (read.status, refused.status, refused.json["code"]) == (400, 413, 413)


async def test_a_body_in_many_pieces_is_cut_off_at_the_limit(make_app: MakeApp) -> None:
    app = make_app(body_limit_bytes=1000)

    heard = await speak(app, "POST", LOGIN, [b" " * 10] * 200, headers=JSON, then="silence")

    assert (heard.status, heard.json["code"]) == (413, 413)
    assert heard.headers["connection"] == "close"


async def test_a_body_that_declares_too_much_is_not_even_awaited(make_app: MakeApp) -> None:
    declared = [*JSON, ("Content-Length", "1048577")]

    heard = await speak(make_app(), "POST", LOGIN, [], headers=declared, then="silence")

    assert heard.status == 413


async def test_a_body_that_does_not_arrive_is_408(make_app: MakeApp) -> None:
    app = make_app(body_deadline_seconds=0.02)

    heard = await speak(app, "POST", LOGIN, [b'{"code":'], headers=JSON, then="silence")

    assert (heard.status, heard.json["code"]) == (408, 408)
    assert heard.headers["connection"] == "close"


async def test_later_versions_of_http_have_no_connection_header(make_app: MakeApp) -> None:
    app = make_app(body_deadline_seconds=0.02)

    heard = await speak(app, "POST", LOGIN, [], headers=JSON, then="silence", http_version="2")

    assert heard.status == 408
    assert "connection" not in heard.headers


async def test_a_client_that_leaves_is_no_defect(
    make_app: MakeApp, behind: Behind, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    await speak(make_app(), "POST", LOGIN, [b'{"co'], headers=JSON, then="disconnect")

    [line] = [record for record in caplog.records if record.name == "app.web.access_log"]
    assert (line.levelname, vars(line)["route"]) == ("INFO", LOGIN)


async def test_a_request_past_its_deadline_is_503(
    open_client: Open, behind: Behind, alice: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = open_client(request_deadline_seconds=0.02)

    async def never(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(behind.application.of(Profiles), "get", never)

    answer = await client.get(ME, headers=alice)

    assert (answer.status_code, answer.json()["code"]) == (503, 503)
    assert answer.headers["retry-after"] == "1"


class Unforeseen(Exception):
    pass


async def test_the_last_resort_is_an_envelope_that_tells_nothing(
    client: httpx.AsyncClient,
    behind: Behind,
    alice: Headers,
    caplog: pytest.LogCaptureFixture,
) -> None:
    behind.works.failure = Unforeseen("canary 13800138000 SELECT * FROM users")

    answer = await client.get(ME, headers=alice)

    assert (answer.status_code, answer.json()["code"]) == (500, 500)
    assert set(answer.json()) == {"code", "message", "data", "request_id"}
    assert "canary" not in answer.text
    assert "canary" not in caplog.text
    [defect] = [record for record in caplog.records if record.message == "defect"]
    assert vars(defect)["errors"] == ["Unforeseen"]
    assert "memory.py" in vars(defect)["places"][-1]


@pytest.mark.parametrize(
    ("failure", "code", "wait"),
    [(DatabaseUnavailable(), 9001, "1"), (StoresUnavailable(), 9002, "1"),
     (DatabaseBusy(retry_after_seconds=3), 9005, "3")],
)  # fmt: skip
async def test_stores_that_are_away_or_busy_have_their_codes(
    client: httpx.AsyncClient,
    behind: Behind,
    alice: Headers,
    failure: Exception,
    code: int,
    wait: str,
) -> None:
    behind.works.failure = failure

    answer = await client.get(ME, headers=alice)

    assert (answer.status_code, answer.json()["code"]) == (503, code)
    assert answer.headers["retry-after"] == wait


async def test_every_answer_has_the_security_headers(
    client: httpx.AsyncClient, alice: Headers
) -> None:
    answers = [
        await client.get(ME, headers=alice),
        await client.get("/nothing"),
        await client.patch(ME),
        await client.post(LOGIN, content=b"x" * 2**21),
        await client.get("/docs"),
    ]

    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["server"] == "app"
        assert "strict-transport-security" not in answer.headers


async def test_production_insists_on_tls(open_client: Open) -> None:
    answer = await open_client(env="production").get("/healthz")

    assert answer.headers["strict-transport-security"] == "max-age=31536000"


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


async def test_the_lifespan_runs_the_application(make_app: MakeApp, behind: Behind) -> None:
    app = make_app()
    said = await live(app)

    assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert behind.companion.life == ["started", "stopped", "closed"]
    assert app.lifecycle.is_draining


async def test_a_start_that_fails_is_said_and_leaves_nothing_open(
    make_app: MakeApp, behind: Behind
) -> None:
    behind.companion.failure = Unforeseen("canary")

    said = await live(make_app())

    assert said == ["lifespan.startup.failed"]
    assert behind.companion.life == ["closed"]


async def live(app: Edge) -> list[str]:
    events = iter(["lifespan.startup", "lifespan.shutdown"])
    said: list[str] = []

    async def receive() -> dict[str, Any]:
        return {"type": next(events)}

    async def send(message: Any) -> None:
        said.append(message["type"])

    await app({"type": "lifespan"}, receive, send)
    return said


async def test_websockets_are_turned_away(make_app: MakeApp) -> None:
    said: list[str] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        said.append(message["type"])

    await make_app()({"type": "websocket", "headers": []}, receive, send)

    assert said == ["websocket.close"]


async def test_half_an_answer_breaks_the_connection(make_app: MakeApp) -> None:
    app = make_app()

    async def half(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise Unforeseen

    app._app = half

    with pytest.raises(Unforeseen):
        await speak(app, "GET", "/")


async def test_whatever_a_framework_says_after_the_last_word_is_not_sent(
    make_app: MakeApp,
) -> None:
    app = make_app(body_limit_bytes=1)

    async def stubborn(scope: Any, receive: Any, send: Any) -> None:
        try:
            await receive()
        except Exception:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"yes"})

    app._app = stubborn

    heard = await speak(app, "POST", "/", [b"too much"])

    assert heard.status == 413
    assert len(heard.messages) == 2


ORIGIN = {"Origin": "https://admin.test"}
ASKS = {**ORIGIN, "Access-Control-Request-Method": "POST"}


async def test_cors_is_off_and_options_is_405(client: httpx.AsyncClient) -> None:
    answer = await client.options(ME, headers=ASKS)

    assert (answer.status_code, answer.headers["allow"]) == (405, "DELETE, GET, PUT")
    assert "access-control-allow-origin" not in answer.headers


async def test_named_origins_may_call(open_client: Open) -> None:
    client = open_client(cors_origins=("https://admin.test",))

    asked = await client.options(ME, headers=ASKS)
    called = await client.get("/healthz", headers=ORIGIN)

    assert asked.status_code == 200
    assert "Authorization" in asked.headers["access-control-allow-headers"]
    assert asked.headers["access-control-allow-origin"] == "https://admin.test"
    assert called.headers["access-control-allow-origin"] == "https://admin.test"
    assert "access-control-allow-credentials" not in called.headers
    assert called.headers["vary"] == "Origin"


async def test_other_origins_may_not_and_a_bare_options_is_405(open_client: Open) -> None:
    client = open_client(cors_origins=("https://admin.test",))

    foreign = await client.options(ME, headers={**ASKS, "Origin": "https://admin.test.evil"})
    bare = await client.options(ME, headers=ORIGIN)

    assert (foreign.status_code, bare.status_code) == (405, 405)
    assert "access-control-allow-origin" not in foreign.headers
