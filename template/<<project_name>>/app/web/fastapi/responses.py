"""What FastAPI sends: the envelope, also around whatever goes wrong inside."""

from typing import cast

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.routing import Match

from ...kernel.errors import BadFields, Broken, Failure, NotFound
from ..decoding import field_errors
from ..envelope import JSON, success
from ..exchange import NoSuchMethod, refuse


class Success(Response):
    """Serialises once; nothing is validated or copied on the way."""

    media_type = JSON

    def __init__(self, data: object = None) -> None:
        super().__init__(success(data))


def answer_errors(app: FastAPI) -> None:
    app.add_exception_handler(Failure, _failure)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(StarletteHTTPException, _http)
    app.add_exception_handler(Exception, _defect)


async def _failure(request: Request, error: Exception) -> Response:
    return refusal(request, cast(Failure, error))


async def _invalid(request: Request, error: Exception) -> Response:
    """Queries and headers; a location starts with which of them it is."""
    errors = cast(RequestValidationError, error).errors()
    return refusal(request, BadFields(*field_errors(errors, place=1)))


async def _http(request: Request, error: Exception) -> Response:
    status = cast(StarletteHTTPException, error).status_code
    if status == 405:
        return refusal(request, NoSuchMethod(), allow=_allowed(request))
    return refusal(request, NotFound() if status == 404 else Broken(str(status)))


async def _defect(request: Request, error: Exception) -> Response:
    """The edge, to which the exception still goes, puts it on record."""
    return refusal(request, Broken(type(error).__qualname__))


def _allowed(request: Request) -> str:
    """FastAPI itself names the methods of the first route of a path only."""
    methods: set[str] = set()
    for route in request.app.routes:
        if route.matches(request.scope)[0] is not Match.NONE:
            methods |= route.methods
    return ", ".join(sorted(methods))


def refusal(request: Request, error: Failure, **headers: str) -> Response:
    answer = refuse(request.scope, error, **headers)
    return Response(answer.body, answer.status, dict(answer.headers))
