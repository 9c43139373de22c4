"""Builds the FastAPI application behind the edge."""

from collections.abc import Iterator

from fastapi import APIRouter, FastAPI

from ...application import Application
from ...identity.application import Sessions
from ..documents import Documents
from ..edge import Edge
from ..gate import Gate
from ..limits import Addresses, Limits
from ..per_module import files_of
from ..ports import Counters, Metrics, PublicKeys
from ..settings import LimitsSettings, WebSettings
from . import health
from .auth import GuardedRoute
from .responses import answer_errors


def create_app(
    application: Application,
    settings: WebSettings,
    limits: LimitsSettings,
    counters: Counters,
    metrics: Metrics,
    *,
    public_keys: PublicKeys | None = None,
) -> Edge:
    """The ASGI application that a server serves; its lifespan runs `application`."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    answer_errors(app)
    for router in _routers(serves_docs=settings.serves_docs, has_keys=public_keys is not None):
        # Not include_router, which would look for every request's route twice.
        app.router.routes.extend(router.routes)
    edge = Edge(app, application, settings, metrics)
    app.state.application = application
    app.state.gate = Gate(
        application.of(Sessions),
        Limits(counters, limits, is_production=settings.is_production),
        Addresses(settings.trusted_networks),
        forbid_unknown=settings.refuses_unknown_fields,
    )
    app.state.lifecycle = edge.lifecycle
    app.state.metrics = metrics
    app.state.public_keys = public_keys
    app.state.documents = _documents(app, forbid_unknown=settings.refuses_unknown_fields)
    return edge


def _routers(*, serves_docs: bool, has_keys: bool) -> Iterator[APIRouter]:
    for file in files_of(__package__):
        yield file.router
    yield health.router
    if serves_docs:
        yield health.documents
    if has_keys:
        yield health.public_keys


def _documents(app: FastAPI, *, forbid_unknown: bool) -> Documents:
    """Of the routes that are registered, so that they can promise nothing else."""
    routes = (route for route in app.routes if isinstance(route, GuardedRoute))
    return Documents((route.operation for route in routes), forbid_unknown=forbid_unknown)
