"""Lets a request in: who calls and how often, before its body is even read."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar, cast

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.routing import Match

from ...application import Application
from ...identity.domain import Caller
from ..exchange import Scope, visit_of
from ..gate import Gate
from ..operations import OPERATIONS
from ..schemas.auth import device

T = TypeVar("T")


class Call(Request):
    """A request that was let in; its body was read strictly, and has the shape that was declared.

    FastAPI hands it over as it does any request; two `Depends` in its place made `GET /users/me`
    half as slow again.
    """

    raw: bytes = b""
    value: BaseModel | None = None

    async def body(self) -> bytes:
        return self.raw

    async def json(self) -> BaseModel | None:
        return self.value

    @property
    def caller(self) -> Caller:
        """Who is signed in; only where the table of operations says that somebody must be."""
        return cast(Caller, visit_of(self.scope).caller)

    @property
    def device(self) -> str:
        return device(self.headers.get("user-agent", ""))

    def verbs(self, kind: type[T]) -> T:
        """A module's verbs, such as `call.verbs(Orders)`."""
        return cast(Application, self.app.state.application).of(kind)


class GuardedRoute(APIRoute):
    """A route stands in the table of operations, or the process does not start."""

    methods: set[str]

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        (method,) = self.methods
        self.operation = OPERATIONS[method, path]
        self._fixed_part = path.partition("{")[0]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        # Nearly all routes that are asked are not meant, and FastAPI takes long to say so.
        if self._fixed_part not in scope["path"]:
            return Match.NONE, {}
        return super().matches(scope)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            gate = cast(Gate, request.app.state.gate)
            await gate.admit(self.operation, request.scope)
            call = Call(request.scope)
            if self.operation.body is not None:
                call.raw = await request.body()
                call.value = await gate.decode(call.raw, self.operation.body, request.scope)
            return await answer(call)

        return guarded
