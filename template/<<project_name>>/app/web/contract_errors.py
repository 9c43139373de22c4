"""How the document describes errors: one shape in two forms, and which codes stand where."""

from collections.abc import Sequence
from typing import Any, Final

from .codes import Code
from .envelope import JSON
from .messages import LANGUAGE
from .negotiation import PROBLEM_JSON

Json = dict[str, Any]

_TEXT: Final = {"type": "string"}
_ERRORS: Final = {
    "description": "What is wrong with a refused body; an empty field is the whole body.",
    "type": "array",
    "items": {
        "type": "object",
        "required": ["field", "reason"],
        "properties": {"field": _TEXT, "reason": _TEXT},
    },
}
_RETRY: Final = {
    "description": "A fresh wx.login mends this.",
    "const": "new_code",
}

ERROR_SCHEMAS: Final[Json] = {
    "Error": {
        "type": "object",
        "required": ["code", "message", "data", "request_id"],
        "properties": {
            "code": {"type": "integer"},
            "message": _TEXT,
            "data": {"type": "null"},
            "request_id": _TEXT,
            "errors": _ERRORS,
            "retry": _RETRY,
        },
    },
    "Problem": {
        "description": "RFC 9457.",
        "type": "object",
        "required": ["type", "title", "status", "code", "request_id"],
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": _TEXT,
            "status": {"type": "integer"},
            "code": {"type": "integer"},
            "request_id": _TEXT,
            "errors": _ERRORS,
            "retry": _RETRY,
        },
    },
}


def error_response(codes: Sequence[Code]) -> Json:
    """All codes that share an HTTP status."""
    told = "; ".join(f"{code.number}: {code.message(LANGUAGE)}" for code in codes)
    return {
        "description": told,
        "headers": _headers(codes),
        "content": {JSON: _content("Error", codes), PROBLEM_JSON: _content("Problem", codes)},
    }


def _content(schema: str, codes: Sequence[Code]) -> Json:
    numbers = {"code": {"enum": [code.number for code in codes]}}
    reference = {"$ref": f"#/components/schemas/{schema}"}
    return {"schema": {"allOf": [reference, {"properties": numbers}]}}


def _headers(codes: Sequence[Code]) -> Json:
    headers: Json = {}
    if codes[0].status == 401:
        headers["WWW-Authenticate"] = {"schema": {"const": "Bearer"}}
    if any(code.retry_after_seconds is not None for code in codes):
        headers["Retry-After"] = {"schema": {"type": "integer", "minimum": 1}}
    return headers
