"""The document, the table of operations, the registry and the routes say the same."""

import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.web.codes import CODES
from app.web.edge import METHODS, Edge
from app.web.fastapi.auth import GuardedRoute
from app.web.operations import OPERATIONS, codes_of

from .conftest import Open

API = "/api/v1"

ROUTES = {
    ("POST", f"{API}/auth/wechat/login"): "open",
    ("POST", f"{API}/auth/refresh"): "open",
    ("POST", f"{API}/auth/logout"): "signed in",
    ("POST", f"{API}/auth/logout-all"): "signed in",
    ("GET", f"{API}/auth/sessions"): "signed in",
    ("DELETE", f"{API}/auth/sessions/{{id}}"): "signed in",
    ("GET", f"{API}/users/me"): "signed in",
    ("PUT", f"{API}/users/me"): "signed in",
    ("POST", f"{API}/users/me/phone"): "signed in",
    ("POST", f"{API}/users/me/wechat-data"): "signed in",
    ("GET", f"{API}/users/me/export"): "signed in",
    ("DELETE", f"{API}/users/me"): "signed in",
    ("POST", f"{API}/orders"): "signed in",
    ("GET", f"{API}/orders"): "signed in",
    ("GET", f"{API}/orders/{{id}}"): "signed in",
    ("POST", f"{API}/orders/{{id}}/confirm"): "signed in",
    ("POST", f"{API}/orders/{{id}}/cancel"): "signed in",
    ("DELETE", f"{API}/orders/{{id}}"): "signed in",
    ("GET", "/healthz"): "open",
    ("GET", "/readyz"): "open",
    ("GET", "/metrics"): "open",
    ("GET", "/openapi.json"): "open",
    ("GET", "/docs"): "open",
    ("GET", "/.well-known/jwks.json"): "open",
}
"""The tables of the HTTP contract, written down a second time."""

ABOUT_NO_OPERATION = {403, 405}
"""What belongs to no operation: methods that are not there, and roles that no one has yet."""


@pytest.fixture
async def document(open_client: Open) -> dict[str, Any]:
    client = open_client(public_keys=lambda: {"keys": []})
    read: dict[str, Any] = (await client.get("/openapi.json")).json()
    return read


def described(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method.upper(), path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_the_table_of_operations_is_the_contract_s() -> None:
    table = {key: "signed in" if row.needs_sign_in else "open" for key, row in OPERATIONS.items()}

    assert table == ROUTES


def test_the_table_and_the_routes_are_the_same(make_app: Callable[..., Edge]) -> None:
    app: Any = make_app(public_keys=lambda: {"keys": []})
    routes = app._app.routes

    assert all(isinstance(route, GuardedRoute) for route in routes)
    assert sorted((m, r.path) for r in routes for m in r.methods) == sorted(OPERATIONS)


def test_the_document_and_the_table_are_the_same(document: dict[str, Any]) -> None:
    assert set(described(document)) == set(OPERATIONS)


def test_there_is_no_patch() -> None:
    """`wx.request` cannot send one."""
    assert sorted(METHODS) == ["DELETE", "GET", "POST", "PUT"]


def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    for name in re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)):
        assert name in document["components"]["schemas"]


@pytest.mark.parametrize(("method", "path"), sorted(OPERATIONS))
async def test_who_must_sign_in_is_documented_and_enforced(
    open_client: Open, document: dict[str, Any], method: str, path: str
) -> None:
    client = open_client(public_keys=lambda: {"keys": []})

    answer = await client.request(method, path.replace("{id}", "x"))

    must = bool(described(document)[method, path]["security"])
    assert must == (ROUTES[method, path] == "signed in") == (answer.status_code == 401)


def test_the_document_lists_the_registry(document: dict[str, Any]) -> None:
    listed = {row["code"]: row["status"] for row in document["x-codes"]}

    assert listed == {number: code.status for number, code in CODES.items()}


def test_every_code_is_some_operation_s(document: dict[str, Any]) -> None:
    documented = {
        (number, int(status))
        for operation in described(document).values()
        for status, response in operation["responses"].items()
        if status != "200"
        for number in response["content"]["application/json"]["schema"]["allOf"][1]["properties"][
            "code"
        ]["enum"]
    }

    assert documented == {
        (number, code.status) for number, code in CODES.items() if number not in ABOUT_NO_OPERATION
    }


def test_there_is_no_422(document: dict[str, Any]) -> None:
    assert all("422" not in operation["responses"] for operation in described(document).values())


def test_every_operation_has_its_own_name() -> None:
    names = [row.name for row in OPERATIONS.values()]

    assert len(set(names)) == len(names)


def test_bodies_are_described_with_their_bounds(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]

    assert schemas["OrderLine"]["properties"]["quantity"] == {
        "type": "integer", "minimum": 1, "maximum": 9999
    }  # fmt: skip
    assert schemas["DescribeUser"]["properties"]["avatar_url"]["pattern"].startswith("^https://")
    assert "required" not in schemas["DescribeUser"]


def test_parameters_are_described_with_their_bounds(document: dict[str, Any]) -> None:
    listing = described(document)["GET", f"{API}/orders"]["parameters"]
    placing = described(document)["POST", f"{API}/orders"]["parameters"]

    limit = next(one["schema"] for one in listing if one["name"] == "limit")
    assert limit == {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}
    assert placing == [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "schema": {"type": "string", "minLength": 1, "maxLength": 64},
        }
    ]


@pytest.mark.parametrize(("env", "is_closed"), [("test", True), ("staging", False)])
async def test_the_document_says_whether_unknown_members_are_refused(
    open_client: Open, env: str, is_closed: bool
) -> None:
    document = (await open_client(env=env).get("/openapi.json")).json()

    for name in ("PlaceOrder", "OrderLine"):
        schema = document["components"]["schemas"][name]
        assert (schema.get("additionalProperties") is False) == is_closed


async def test_the_page_shows_every_operation_and_code_and_loads_nothing(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/docs")
    page = answer.text

    for (method, path), row in OPERATIONS.items():
        if path != "/.well-known/jwks.json":
            assert f'<b class="{method}">{method}</b> <code>{path}</code>' in page
            assert all(str(code.number) in page for code in codes_of(row))
    assert all(f"<th>{number}</th>" in page for number in CODES)
    assert not re.search(r"<script|<link|<img|<iframe|src=|@import|url\(|https?://(?!\[)", page)
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src")


async def test_the_page_shows_shapes_down_to_the_last_member(client: httpx.AsyncClient) -> None:
    page = (await client.get("/docs")).text

    for row in ("items[].unit_price", "user.created_at", "nickname?", "Idempotency-Key"):
        assert f"<th>{row}</th>" in page
    assert "integer, from 1, to 9999" in page
    assert "created | confirmed | cancelled" in page


@pytest.mark.parametrize(
    ("settings", "status"),
    [({"env": "production"}, 404), ({"env": "production", "docs": True}, 200),
     ({"env": "staging"}, 200), ({"env": "test", "docs": False}, 404)],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/openapi.json", "/docs"])
async def test_documents_are_off_in_production_unless_switched_on(
    open_client: Open, settings: dict[str, Any], status: int, path: str
) -> None:
    assert (await open_client(**settings).get(path)).status_code == status
