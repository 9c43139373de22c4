"""The OpenAPI 3.1 document, made from the table of operations, the schemas and the registry."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from .codes import CODES, SUCCESS, SUCCESS_MESSAGE, Code
from .envelope import JSON, PROBLEM_JSON
from .messages import LANGUAGE
from .operations import Operation, codes_of

Json = dict[str, Any]
Shapes = Mapping[tuple[str, str], Json]
"""Schemas of an operation's parts, by its name and the part's."""

ABOUT: Final = """\
Every answer but this document and the public keys has the same envelope.
The HTTP status is the truth; `code` says more. Send `X-Request-Id` to give a request your own id,
`Accept-Language` (`zh`, `en`) to choose the language of messages, and
`Accept: application/problem+json` to get errors as RFC 9457 has them.
"""

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

_ERROR_SCHEMAS: Final[Json] = {
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


def describe(operations: Iterable[Operation], *, forbid_unknown: bool) -> Json:
    """The whole document; building it takes a while, so do it once."""
    rows = list(operations)
    shapes, schemas = _shapes(rows, ClosedBodies if forbid_unknown else Untitled)
    paths: dict[str, Json] = {}
    for row in rows:
        paths.setdefault(row.path, {})[row.method.lower()] = _operation(row, shapes)
    return {
        "openapi": "3.1.0",
        "info": {"title": "API", "version": "1", "description": ABOUT},
        "paths": paths,
        "components": {
            "schemas": schemas | _ERROR_SCHEMAS,
            "securitySchemes": {"access_token": {"type": "http", "scheme": "bearer"}},
        },
        "x-codes": [_row(code) for code in CODES.values()],
    }


class Untitled(GenerateJsonSchema):
    """Pydantic titles every field with its own name, which says nothing."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


class ClosedBodies(Untitled):
    """Where unknown members are refused, the document says so."""

    def model_schema(self, schema: Any) -> Json:
        described = super().model_schema(schema)
        return described | {"additionalProperties": False}


def _shapes(rows: Sequence[Operation], generator: type[GenerateJsonSchema]) -> tuple[Shapes, Json]:
    """What bodies and data look like, and the schemas that these refer to."""
    bodies = [((row.name, "body"), "validation", TypeAdapter(row.body)) for row in rows if row.body]
    data = [((row.name, "data"), "serialization", TypeAdapter(row.data)) for row in rows]
    parts: Any = [*bodies, *data]
    shapes, defined = TypeAdapter.json_schemas(
        parts, ref_template="#/components/schemas/{model}", schema_generator=generator
    )
    schemas: Json = defined["$defs"]
    return {key: shape for (key, _), shape in shapes.items()}, _plain(schemas)


def _operation(row: Operation, shapes: Shapes) -> Json:
    described: Json = {
        "operationId": row.name,
        "summary": row.summary,
        "tags": [row.tag],
        "security": [{"access_token": []}] if row.needs_sign_in else [],
        "parameters": [*_path_parameters(row), *_query(row.query), *_header_parameters(row)],
        "responses": {"200": _success(row, shapes), **_refusals(row)},
    }
    if row.body is not None:
        schema = shapes[row.name, "body"]
        described["requestBody"] = {"required": True, "content": {JSON: {"schema": schema}}}
    return described


def _path_parameters(row: Operation) -> list[Json]:
    names = [part[1:-1] for part in row.path.split("/") if part.startswith("{")]
    id = {"type": "string", "format": "uuid"}
    return [{"name": name, "in": "path", "required": True, "schema": id} for name in names]


def _query(query: type[BaseModel] | None) -> list[Json]:
    if query is None:
        return []
    fields = query.model_json_schema(schema_generator=Untitled)["properties"]
    return [{"name": name, "in": "query", "schema": _not_null(s)} for name, s in fields.items()]


def _header_parameters(row: Operation) -> list[Json]:
    return [
        {"name": name, "in": "header", "schema": TypeAdapter(kind).json_schema()}
        for name, kind in row.headers.items()
    ]


def _not_null(schema: Json) -> Json:
    """A query cannot say null; it leaves the parameter out."""
    alternatives = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    return alternatives[0] if len(alternatives) == 1 else schema


def _success(row: Operation, shapes: Shapes) -> Json:
    if row.media_type is not None:
        return {"description": "Done", "content": {row.media_type: {"schema": {}}}}
    envelope = {
        "type": "object",
        "required": ["code", "message", "data", "request_id"],
        "properties": {
            "code": {"const": SUCCESS},
            "message": {"const": SUCCESS_MESSAGE},
            "data": shapes[row.name, "data"],
            "request_id": {"type": "string"},
        },
    }
    return {"description": "Done", "content": {JSON: {"schema": envelope}}}


def _refusals(row: Operation) -> Json:
    by_status = sorted(codes_of(row), key=lambda code: code.status)
    grouped = groupby(by_status, key=lambda code: code.status)
    return {str(status): _refusal(list(codes)) for status, codes in grouped}


def _refusal(codes: Sequence[Code]) -> Json:
    """All codes that share an HTTP status."""
    told = "; ".join(f"{code.number}: {code.message(LANGUAGE)}" for code in codes)
    return {
        "description": told,
        "headers": _refusal_headers(codes),
        "content": {JSON: _error("Error", codes), PROBLEM_JSON: _error("Problem", codes)},
    }


def _error(schema: str, codes: Sequence[Code]) -> Json:
    numbers = {"code": {"enum": [code.number for code in codes]}}
    reference = {"$ref": f"#/components/schemas/{schema}"}
    return {"schema": {"allOf": [reference, {"properties": numbers}]}}


def _refusal_headers(codes: Sequence[Code]) -> Json:
    headers: Json = {}
    if codes[0].status == 401:
        headers["WWW-Authenticate"] = {"schema": {"const": "Bearer"}}
    if any(code.retry_after_seconds is not None for code in codes):
        headers["Retry-After"] = {"schema": {"type": "integer", "minimum": 1}}
    return headers


def _row(code: Code) -> Json:
    return {
        "code": code.number,
        "status": code.status,
        "slug": code.slug,
        "message": code.message(LANGUAGE),
    }


def _plain(schemas: Json) -> Json:
    """Without the titles that only repeat a schema's name."""
    return {
        name: {key: value for key, value in schema.items() if key != "title"}
        for name, schema in schemas.items()
    }
