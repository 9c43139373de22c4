"""What the service says of itself: once as OpenAPI, once as a page without any script."""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from hashlib import sha256
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import orjson

from .contract import describe
from .operations import Operation

Json = Mapping[str, Any]

_STYLE: Final = Path(__file__).with_name("documents.css").read_text(encoding="utf-8")
_STYLE_HASH: Final = b64encode(sha256(_STYLE.encode()).digest()).decode()

CONTENT_SECURITY: Final = {
    "content-security-policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; frame-ancestors 'none'"
    )
}
"""Nothing is loaded from anywhere, and no script runs."""


class Documents:
    """Made when somebody first asks, so that nobody waits for them at the start."""

    def __init__(self, operations: Iterable[Operation], *, forbid_unknown: bool) -> None:
        self._operations = tuple(operations)
        self._forbid_unknown = forbid_unknown

    @cached_property
    def openapi(self) -> bytes:
        return orjson.dumps(self._contract)

    @cached_property
    def page(self) -> str:
        return _page(self._contract)

    @cached_property
    def _contract(self) -> dict[str, Any]:
        return describe(self._operations, forbid_unknown=self._forbid_unknown)


def _page(document: Json) -> str:
    about = document["info"]["description"].replace("\n", " ")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>API</title><style>{_STYLE}</style></head><body>"
        f'<header><h1>API</h1><p>{escape(about)}</p><p><a href="/openapi.json">openapi.json</a></p>'
        f"</header><nav>{_contents(document)}</nav><main>{''.join(_sections(document))}"
        f'<section id="codes"><h2>codes</h2>{_codes(document)}</section></main></body></html>'
    )


def _operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def _by_tag(document: Json) -> Iterator[tuple[str, list[tuple[str, str, Json]]]]:
    for tag, rows in groupby(_operations(document), key=lambda row: row[2]["tags"][0]):
        yield tag, list(rows)


def _contents(document: Json) -> str:
    return "".join(
        f"<h2>{escape(tag)}</h2><ul>{''.join(_link(row) for row in rows)}</ul>"
        for tag, rows in _by_tag(document)
    )


def _link(row: tuple[str, str, Json]) -> str:
    method, path, operation = row
    return (
        f'<li><a href="#{operation["operationId"]}">'
        f'<b class="{method}">{method}</b> {escape(path)}</a></li>'
    )


def _sections(document: Json) -> Iterator[str]:
    for tag, rows in _by_tag(document):
        articles = "".join(_article(document, *row) for row in rows)
        yield f"<section><h2>{escape(tag)}</h2>{articles}</section>"


def _article(document: Json, method: str, path: str, operation: Json) -> str:
    lock = "" if operation["security"] else " <small>no sign-in</small>"
    return (
        f'<article id="{operation["operationId"]}">'
        f'<h3><b class="{method}">{method}</b> <code>{escape(path)}</code>{lock}</h3>'
        f"<p>{escape(operation['summary'])}.</p>{_asked(document, operation)}"
        f"{_answered(document, operation)}{_refused(operation)}</article>"
    )


def _asked(document: Json, operation: Json) -> str:
    parts = [
        (one["name"], f"{one['in']}, {_type(one['schema'])}") for one in operation["parameters"]
    ]
    body = operation.get("requestBody")
    if body is not None:
        parts += _fields(document, body["content"]["application/json"]["schema"])
    return _table("You send", parts)


def _answered(document: Json, operation: Json) -> str:
    ((media_type, content),) = operation["responses"]["200"]["content"].items()
    properties = content["schema"].get("properties")
    if properties is None:
        return _table("You get", [(media_type, "")])
    return _table("You get as data", list(_fields(document, properties["data"])))


def _refused(operation: Json) -> str:
    refusals = [
        (status, response["description"])
        for status, response in operation["responses"].items()
        if status != "200"
    ]
    return f"<details><summary>Refusals</summary>{_table('', refusals)}</details>"


def _codes(document: Json) -> str:
    rows = [(str(row["code"]), f"{row['status']}: {row['message']}") for row in document["x-codes"]]
    return _table("", rows)


def _table(caption: str, rows: list[tuple[str, str]]) -> str:
    if not rows:
        return ""
    lines = (f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in rows)
    return f"<table><caption>{escape(caption)}</caption>{''.join(lines)}</table>"


def _fields(document: Json, schema: Json, path: str = "") -> list[tuple[str, str]]:
    """Every member of a shape by its dotted path, with what may stand there."""
    schema = _resolved(document, schema)
    rows = [(path, _type(schema))] if path else []
    if schema.get("type") == "array":
        return rows + _fields(document, schema["items"], f"{path}[]")[1:]
    required = schema.get("required", ())
    for name, member in schema.get("properties", {}).items():
        optional = "" if name in required else "?"
        rows += _fields(document, member, f"{path}{'.' if path else ''}{name}{optional}")
    return rows or [("", _type(schema))]


def _resolved(document: Json, schema: Json) -> Json:
    """The schema itself, or the one that it refers to, null set aside."""
    alternatives = [one for one in schema.get("anyOf", ()) if one.get("$ref")]
    reference = schema.get("$ref") or (alternatives[0]["$ref"] if alternatives else None)
    if reference is None:
        return schema
    return document["components"]["schemas"][reference.rpartition("/")[2]]  # type: ignore[no-any-return]


_FIGURES: Final = {
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minimum": "from {}",
    "maximum": "to {}",
    "minItems": "at least {}",
    "maxItems": "at most {}",
    "default": "{} unless said",
}


def _type(schema: Json) -> str:
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    words = [str(schema.get("format") or schema.get("type") or "")]
    if "enum" in schema:
        words = [" | ".join(schema["enum"])]
    if "const" in schema:
        words = [str(schema["const"])]
    words += [text.format(schema[key]) for key, text in _FIGURES.items() if key in schema]
    return ", ".join(word for word in words if word)
