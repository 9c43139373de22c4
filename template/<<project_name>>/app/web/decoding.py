"""Reads bodies: strict JSON (RFC 8259 and I-JSON, RFC 7493), then the shape that a route wants."""

import json
import math
from collections.abc import Iterable
from typing import Any, Final, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from ..kernel.errors import BadFields, FieldError
from .errors import NotJson
from .reasons import field_errors

DEEPEST: Final = 32
LARGEST: Final = 2**53 - 1
"""Beyond it a client written in JavaScript reads another number."""

Model = TypeVar("Model", bound=BaseModel)


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
