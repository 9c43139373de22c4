"""Turns what a schema found wrong into fields and reasons, never into the input."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from ..kernel.errors import FieldError

MOST: Final = 20
"""How many errors one answer names; a body full of them gets no answer of the same size."""

NAME_LENGTH: Final = 64

_REASONS: Final[Mapping[str, tuple[str, str | None]]] = {
    "extra_forbidden": ("unknown", None),
    "greater_than_equal": ("too_small", "ge"),
    "int_from_float": ("integer", None),
    "int_parsing": ("integer", None),
    "int_type": ("integer", None),
    "less_than_equal": ("too_large", "le"),
    "list_type": ("list", None),
    "literal_error": ("one_of", "expected"),
    "missing": ("missing", None),
    "model_attributes_type": ("object", None),
    "model_type": ("object", None),
    "string_pattern_mismatch": ("invalid", None),
    "string_too_long": ("too_long", "max_length"),
    "string_too_short": ("too_short", "min_length"),
    "string_type": ("text", None),
    "too_long": ("too_many", "max_length"),
    "too_short": ("too_few", "min_length"),
}
"""By Pydantic's type of error: our reason, and where Pydantic keeps the figure it quotes."""


def field_errors(errors: Iterable[Any], place: int = 0) -> Sequence[FieldError]:
    """Pydantic's errors; `place` is how many leading parts of a location name no field."""
    found = [_field_error(error, place) for error, _ in zip(errors, range(MOST), strict=False)]
    return tuple(dict.fromkeys(found))


def _field_error(error: Mapping[str, Any], place: int) -> FieldError:
    field = ".".join(str(part)[:NAME_LENGTH] for part in error["loc"][place:])
    reason, figure = _REASONS.get(error["type"], (error["type"], None))
    limit = error.get("ctx", {}).get(figure) if figure else None
    return FieldError(field, reason, limit)
