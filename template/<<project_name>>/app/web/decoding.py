"""Reads bodies: strict JSON (RFC 8259 and I-JSON, RFC 7493), then the shape that a route wants.

What is wrong is told as fields and reasons, never as the input.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from ..kernel.errors import BadFields, BadInput, FieldError

DEEPEST: Final = 32
LARGEST: Final = 2**53 - 1
"""Beyond it a client written in JavaScript reads another number."""

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

Model = TypeVar("Model", bound=BaseModel)


class NotJson(BadInput):
    """The body's media type is not `application/json`."""

    code = 415


def decode(body: bytes, content_type: str, model: type[Model], *, forbid_unknown: bool) -> Model:
    """Raises NotJson or BadInput, which names the fields."""
    if not body:
        refuse("body")
    demand_json(content_type)
    value = parse(body)
    try:
        return model.model_validate(value, extra="forbid" if forbid_unknown else "ignore")
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise BadFields(*field_errors(found)) from None


def demand_json(content_type: str) -> None:
    """`application/json`, with no other charset than UTF-8."""
    kind, *parameters = (part.strip() for part in content_type.lower().split(";"))
    charsets = {p.partition("=")[2].strip('"') for p in parameters if p.startswith("charset=")}
    if kind != "application/json" or charsets - {"utf-8"}:
        raise NotJson


def parse(body: bytes) -> object:
    """Raises BadInput for whatever two readers could understand differently."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        refuse("utf8")
    try:
        value: object = _DECODER.decode(text)
    except RecursionError:
        refuse("nesting", DEEPEST)
    except ValueError:
        refuse("json")
    if text.count("[") + text.count("{") > DEEPEST:
        _demand_shallow(value)
    if "\\u" in text:
        _demand_plain_text(value)
    return value


def field_errors(errors: Iterable[Any], place: int = 0) -> Sequence[FieldError]:
    """Pydantic's errors; `place` is how many leading parts of a location name no field."""
    found = [_field_error(error, place) for error, _ in zip(errors, range(MOST), strict=False)]
    return tuple(dict.fromkeys(found))


def refuse(reason: str, limit: int | None = None) -> NoReturn:
    raise BadFields(FieldError("", reason, limit))


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        refuse("duplicate")
    return members


def _integer(digits: str) -> int:
    # Long before the conversion would cost something: 2**53 has 16 digits and perhaps a sign.
    if len(digits) > 17 or abs(number := int(digits)) > LARGEST:
        refuse("number", LARGEST)
    return number


def _fraction(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        refuse("number", LARGEST)
    return number


def _constant(name: str) -> NoReturn:
    """NaN and the infinities, which Python would read and JSON does not know."""
    refuse("json")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_members,
    parse_int=_integer,
    parse_float=_fraction,
    parse_constant=_constant,
)


def _demand_shallow(value: object) -> None:
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
    if any(isinstance(value, (dict, list)) for value in level):
        refuse("nesting", DEEPEST)


def _demand_plain_text(value: object) -> None:
    """Only an escape can bring these in: raw ones are no JSON and no UTF-8."""
    waiting = [value]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, str):
            if "\x00" in inner or any("\ud800" <= letter <= "\udfff" for letter in inner):
                refuse("text_characters")
        elif isinstance(inner, dict):
            waiting.extend(inner)
            waiting.extend(inner.values())
        elif isinstance(inner, list):
            waiting.extend(inner)


def _inside(value: object) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _field_error(error: Mapping[str, Any], place: int) -> FieldError:
    field = ".".join(str(part)[:NAME_LENGTH] for part in error["loc"][place:])
    reason, figure = _REASONS.get(error["type"], (error["type"], None))
    limit = error.get("ctx", {}).get(figure) if figure else None
    return FieldError(field, reason, limit)
