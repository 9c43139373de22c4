"""One request on its way through the rings: what each of them has found out about it."""

import re
from dataclasses import dataclass
from typing import Final, cast

from ..identity.domain import Caller
from ..kernel.errors import Failure
from ..kernel.ids import new_id
from .asgi import Scope, header
from .envelope import Answer, Reading, failure
from .operations import Operation

_ACCEPTED: Final = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


@dataclass(slots=True)
class Visit:
    """Stands in the ASGI scope as `visit`, from the edge on inwards."""

    request_id: str
    operation: Operation | None = None
    caller: Caller | None = None
    failure: Failure | None = None

    @classmethod
    def begin(cls, scope: Scope) -> "Visit":
        """Keeps a caller's own request id when it is harmless to repeat."""
        given = header(scope, b"x-request-id")
        visit = cls(given if _ACCEPTED.fullmatch(given) else str(new_id()))
        scope["visit"] = visit
        return visit

    @property
    def route(self) -> str:
        """A template, never a path, so that it can be a label."""
        return self.operation.path if self.operation else "unmatched"


def visit_of(scope: Scope) -> Visit:
    return cast(Visit, scope["visit"])


def refuse(scope: Scope, error: Failure, **headers: str) -> Answer:
    """Remembers why, for the access log, and says it in the caller's language."""
    visit_of(scope).failure = error
    reading = Reading(header(scope, b"accept"), header(scope, b"accept-language"))
    return failure(error, reading, headers)
