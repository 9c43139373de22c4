"""How a caller is told that something cannot be done.

Failure
├── BadInput        the request cannot be understood or accepted
├── NotSignedIn     nobody, or nobody any more
├── NotAllowed      somebody, but not for this
├── NotFound        no such thing, or not yours
├── Conflict        not in this state
├── TooMany         later
├── Unavailable     something that we need is away
└── Broken          this service, or one that it asked, is at fault

Each kind, and each noun that a module derives from it, has a stable `code`.
The core knows no HTTP: `web/codes/` says status and words for each code.
"""

from dataclasses import dataclass
from typing import ClassVar


class Failure(Exception):
    """A refusal with a stable code; its text is for operators and never reaches a caller."""

    code: ClassVar[int] = 500
    retry: ClassVar[str | None] = None

    def __init__(self, detail: str = "", *, retry_after_seconds: int | None = None) -> None:
        super().__init__(detail)
        self.retry_after_seconds = retry_after_seconds


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field: its dotted path (empty for the whole body) and a reason's key.

    `reason` names a sentence in `web/messages`; `limit` is the figure that the sentence quotes.
    """

    field: str
    reason: str
    limit: int | str | None = None


class BadInput(Failure):
    code = 400
    errors: tuple[FieldError, ...] = ()


class BadFields(BadInput):
    """Bad input of which every wrong field is named."""

    def __init__(self, *errors: FieldError) -> None:
        super().__init__()
        self.errors = errors


class NotSignedIn(Failure):
    code = 401


class NotAllowed(Failure):
    code = 403


class NotFound(Failure):
    code = 404


class Conflict(Failure):
    code = 409


class TooMany(Failure):
    code = 429


class Unavailable(Failure):
    code = 503


class Broken(Failure):
    code = 500


class DatabaseUnavailable(Unavailable):
    code = 9001


class StoresUnavailable(Unavailable):
    """Database and cache are both away."""

    code = 9002


class KeyServiceUnavailable(Unavailable):
    code = 9003


class AuditUnavailable(Unavailable):
    code = 9004


class DatabaseBusy(Unavailable):
    """No connection or lock was free in time; carries `retry_after_seconds`."""

    code = 9005
