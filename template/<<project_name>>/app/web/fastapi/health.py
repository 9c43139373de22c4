"""For those who run the service: is it alive, is it ready, what are its figures, what can it do."""

from asyncio import timeout
from typing import Final, cast

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from ...application import Application
from ...kernel.errors import Unavailable
from ..documents import CONTENT_SECURITY, Documents
from ..edge import Lifecycle
from ..envelope import JSON
from ..ports import Metrics, PublicKeys
from .auth import GuardedRoute
from .responses import Success

READY_WITHIN_SECONDS: Final = 1.0

KEYS_CACHED: Final = {"cache-control": "public, max-age=300"}
"""Well below the time that a new key is published before it signs."""

router = APIRouter(route_class=GuardedRoute)
documents = APIRouter(route_class=GuardedRoute)
public_keys = APIRouter(route_class=GuardedRoute)


@router.get("/healthz")
async def is_alive() -> Response:
    return Success()


@router.get("/readyz")
async def is_ready(request: Request) -> Response:
    lifecycle = cast(Lifecycle, request.app.state.lifecycle)
    if lifecycle.is_draining or not await _is_ready(request.app.state.application):
        raise Unavailable
    return Success()


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    body, media_type = cast(Metrics, request.app.state.metrics).exposition()
    return Response(body, media_type=media_type)


@documents.get("/openapi.json")
async def document(request: Request) -> Response:
    return Response(_documents(request).openapi, media_type=JSON)


@documents.get("/docs")
async def page(request: Request) -> Response:
    return HTMLResponse(_documents(request).page, headers=CONTENT_SECURITY)


@public_keys.get("/.well-known/jwks.json")
async def keys(request: Request) -> Response:
    read = cast(PublicKeys, request.app.state.public_keys)
    return Response(orjson.dumps(read()), media_type=JSON, headers=KEYS_CACHED)


def _documents(request: Request) -> Documents:
    return cast(Documents, request.app.state.documents)


async def _is_ready(application: Application) -> bool:
    try:
        async with timeout(READY_WITHIN_SECONDS):
            return await application.is_ready()
    except TimeoutError:
        return False
