"""The envelope, as FastAPI sends it."""

from fastapi import Request, Response

from ...kernel.errors import Failure
from ..envelope import JSON, success
from ..visit import refuse


class Success(Response):
    """Serialises once; nothing is validated or copied on the way."""

    media_type = JSON

    def __init__(self, data: object = None) -> None:
        super().__init__(success(data))


def refusal(request: Request, error: Failure, **headers: str) -> Response:
    answer = refuse(request.scope, error, **headers)
    return Response(answer.body, answer.status, dict(answer.headers))
