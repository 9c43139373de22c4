"""What a caller asked to read: in which language, and errors in which form."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from .messages import LANGUAGE, en, zh

LANGUAGES: Final = {language.LANGUAGE: language.REASONS for language in (en, zh)}
"""By language, the sentences that `FieldError.reason` names."""

PROBLEM_JSON: Final = "application/problem+json"


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
    return weight > 0 and weight >= weights.get("application/json", 0.0)


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
