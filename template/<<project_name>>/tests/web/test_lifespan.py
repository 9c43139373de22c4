"""The application lives as long as the server does."""

from collections.abc import Callable
from typing import Any

from app.web.edge import Edge

from .memory import Behind

MakeApp = Callable[..., Edge]


class Unforeseen(Exception):
    pass


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
