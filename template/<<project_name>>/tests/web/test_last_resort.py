"""When all else fails, and when something takes too long."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from app.identity.application import Profiles
from app.kernel.errors import DatabaseBusy, DatabaseUnavailable, StoresUnavailable
from app.web.edge import Edge

from .conftest import Open
from .memory import Behind
from .wire import speak

API = "/api/v1"
ME = f"{API}/users/me"

Headers = dict[str, str]
MakeApp = Callable[..., Edge]


async def test_a_request_past_its_deadline_is_503(
    open_client: Open, behind: Behind, alice: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = open_client(request_deadline_seconds=0.02)

    async def never(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(behind.application.of(Profiles), "get", never)

    async with asyncio.timeout(3):
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
    assert "memory_rows.py" in vars(defect)["places"][-1]


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


async def test_the_last_resort_needs_no_framework(make_app: MakeApp) -> None:
    app = make_app()

    async def silent(scope: Any, receive: Any, send: Any) -> None:
        raise Unforeseen

    app._app = silent

    heard = await speak(app, "GET", "/")

    assert (heard.status, heard.json["code"]) == (500, 500)


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
