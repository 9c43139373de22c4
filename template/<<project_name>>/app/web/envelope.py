"""The one form of every JSON answer: `code`, `message`, `data`, `request_id`.

Its reader says in which language, and may have errors as RFC 9457 has them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import orjson

from ..kernel.errors import BadInput, Failure, FieldError
from ..kernel.request import request_id
from .codes import SUCCESS, SUCCESS_MESSAGE, Code, code_of
from .messages import LANGUAGE, en, zh

JSON: Final = "application/json"
PROBLEM_JSON: Final = "application/problem+json"

LANGUAGES: Final = {language.LANGUAGE: language.REASONS for language in (en, zh)}
"""By language, the sentences that `FieldError.reason` names."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the caller wants to read errors: the raw `Accept` and `Accept-Language`."""

    accept: str = ""
    accept_language: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What any framework needs to send; `headers` name the media type too."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def success(data: object) -> bytes:
    """Ids, and times in UTC, may be given as they are."""
    return orjson.dumps(
        {
            "code": SUCCESS,
            "message": SUCCESS_MESSAGE,
            "data": data,
            "request_id": request_id.get(),
        },
        option=orjson.OPT_UTC_Z,
    )


def failure(error: Failure, reading: Reading, extra: Mapping[str, str] | None = None) -> Answer:
    """`extra` headers are those of HTTP itself, such as `Allow`."""
    code = code_of(error.code)
    language = language_of(reading.accept_language)
    is_problem = wants_problem(reading.accept)
    body = _problem(code, language) if is_problem else _envelope(code, language)
    body |= _details(error, language)
    headers = {"content-type": PROBLEM_JSON if is_problem else JSON}
    headers |= _headers(code, error) | dict(extra or {})
    return Answer(code.status, headers, orjson.dumps(body))


def _envelope(code: Code, language: str) -> dict[str, object]:
    return {
        "code": code.number,
        "message": code.message(language),
        "data": None,
        "request_id": request_id.get(),
    }


def _problem(code: Code, language: str) -> dict[str, object]:
    """RFC 9457, section 3.1."""
    return {
        "type": f"urn:problem-type:{code.slug}",
        "title": code.message(language),
        "status": code.status,
        "code": code.number,
        "request_id": request_id.get(),
    }


def _details(error: Failure, language: str) -> dict[str, object]:
    details: dict[str, object] = {}
    if isinstance(error, BadInput) and error.errors:
        details["errors"] = _errors(error.errors, language)
    if error.retry is not None:
        details["retry"] = error.retry
    return details


def _errors(errors: Sequence[FieldError], language: str) -> list[dict[str, str]]:
    reasons = LANGUAGES[language]
    return [
        {
            "field": error.field,
            "reason": reasons.get(error.reason, reasons["invalid"]).format(limit=error.limit),
        }
        for error in errors
    ]


def _headers(code: Code, error: Failure) -> dict[str, str]:
    headers: dict[str, str] = {}
    seconds = error.retry_after_seconds or code.retry_after_seconds
    if seconds is not None:
        headers["retry-after"] = str(seconds)
    if code.status == 401:
        headers["www-authenticate"] = "Bearer"
    return headers


@lru_cache(maxsize=256)
def language_of(accept_language: str) -> str:
    """The best of `zh` and `en` as RFC 9110 weighs them, else the project's own language."""
    best, best_weight = LANGUAGE, 0.0
    for tag, weight in _weighed(accept_language):
        language = tag.partition("-")[0]
        if language in LANGUAGES and weight > best_weight:
            best, best_weight = language, weight
    return best


@lru_cache(maxsize=256)
def wants_problem(accept: str) -> bool:
    """Whether errors shall be RFC 9457's: asked for by name, and not less than plain JSON."""
    weights = dict(_weighed(accept))
    weight = weights.get(PROBLEM_JSON, 0.0)
    return weight > 0 and weight >= weights.get(JSON, 0.0)


def _weighed(header: str) -> Iterator[tuple[str, float]]:
    for part in header.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        yield name, _weight(parameters)


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0
