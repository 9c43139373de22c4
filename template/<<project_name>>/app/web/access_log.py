"""One line per request: events for operators, without paths, queries, tokens or addresses."""

import logging
from collections.abc import Iterator
from http import HTTPStatus
from traceback import extract_tb

from .exchange import Visit

_log = logging.getLogger(__name__)


def log_request(method: str, visit: Visit, status: int, seconds: float) -> None:
    fields: dict[str, object] = {
        "method": method,
        "route": visit.route,
        "status": status,
        "duration_ms": round(seconds * 1000, 1),
    }
    failure = visit.failure
    if failure is not None:
        fields["answer_code"] = failure.code
        if status >= 500:
            fields["detail"] = str(failure)
            fields["because"] = [_name(error) for error in _causes(failure)][1:]
    _log.log(_level(status), "request", extra=fields)


def _level(status: int) -> int:
    """Being unavailable for a while is foreseen; any other 5xx is somebody's fault."""
    if status < 500:
        return logging.INFO
    return logging.WARNING if status == HTTPStatus.SERVICE_UNAVAILABLE else logging.ERROR


def log_defect(error: Exception) -> None:
    """An exception that nobody expected: where it came from, but not its text.

    Texts of foreign exceptions hold values: statements with their parameters, bodies, URLs.
    """
    frames = extract_tb(error.__traceback__)
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    causes = [_name(cause) for cause in _causes(error)]
    _log.error("defect", extra={"errors": causes, "places": places})


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _name(error: BaseException) -> str:
    return type(error).__qualname__
