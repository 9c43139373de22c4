"""Placing orders, and what becomes of them, over HTTP."""

from typing import Any

import httpx
import pytest

from app.kernel.ids import new_id

from .conftest import SignInAs

ORDERS = "/api/v1/orders"
TEA = {"items": [{"sku": "tea-1", "quantity": 2}]}

Headers = dict[str, str]


async def place(client: httpx.AsyncClient, headers: Headers, **more: Any) -> dict[str, Any]:
    answer = await client.post(ORDERS, headers=headers, json=TEA | more)
    assert answer.status_code == 200, answer.text
    placed: dict[str, Any] = answer.json()["data"]
    return placed


async def test_prices_come_from_the_catalogue(client: httpx.AsyncClient, alice: Headers) -> None:
    order = await place(client, alice)

    assert set(order) == {
        "id", "status", "items", "total", "currency", "created_at", "updated_at"
    }  # fmt: skip
    assert order["items"] == [{"sku": "tea-1", "quantity": 2, "unit_price": 1999}]
    assert (order["status"], order["total"], order["currency"]) == ("created", 3998, "CNY")


async def test_an_unknown_sku_is_2003(client: httpx.AsyncClient, alice: Headers) -> None:
    answer = await client.post(
        ORDERS, headers=alice, json={"items": [{"sku": "gold-canary", "quantity": 1}]}
    )

    assert (answer.status_code, answer.json()["code"]) == (400, 2003)
    assert "canary" not in answer.text


@pytest.mark.parametrize(
    ("items", "field"),
    [
        ([], "items"),
        ([TEA["items"][0]] * 101, "items"),
        ({}, "items"),
        (None, "items"),
        ([{"sku": "tea-1", "quantity": 0}], "items.0.quantity"),
        ([{"sku": "tea-1", "quantity": 10000}], "items.0.quantity"),
        ([{"sku": "tea-1", "quantity": "1"}], "items.0.quantity"),
        ([{"sku": "tea-1", "quantity": 1.0}], "items.0.quantity"),
        ([{"sku": "tea-1", "quantity": True}], "items.0.quantity"),
        ([{"sku": "tea-1"}], "items.0.quantity"),
        ([{"sku": 1, "quantity": 1}], "items.0.sku"),
        ([{"sku": "", "quantity": 1}], "items.0.sku"),
        ([TEA["items"][0], 7], "items.1"),
        ([{"sku": "tea-1", "quantity": 1, "unit_price": 1}], "items.0.unit_price"),
    ],
)
async def test_items_have_their_shape(
    client: httpx.AsyncClient, alice: Headers, items: object, field: str
) -> None:
    answer = await client.post(ORDERS, headers=alice, json={"items": items})

    assert (answer.status_code, answer.json()["code"]) == (400, 400)
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_hundred_items_of_9999_are_possible(
    client: httpx.AsyncClient, alice: Headers
) -> None:
    order = await place(client, alice, items=[{"sku": "tea-1", "quantity": 9999}] * 100)

    assert order["total"] == 1999 * 9999 * 100


async def test_the_same_key_and_body_give_the_first_answer(
    client: httpx.AsyncClient, alice: Headers
) -> None:
    keyed = {**alice, "Idempotency-Key": "k" * 64}

    first, again = await place(client, keyed), await place(client, keyed)

    assert first == again
    listed = (await client.get(ORDERS, headers=alice)).json()["data"]["items"]
    assert len(listed) == 1


async def test_the_same_key_with_another_body_is_409(
    client: httpx.AsyncClient, alice: Headers
) -> None:
    keyed = {**alice, "Idempotency-Key": "k"}
    await place(client, keyed)

    answer = await client.post(
        ORDERS, headers=keyed, json={"items": [{"sku": "tea-1", "quantity": 3}]}
    )

    assert (answer.status_code, answer.json()["code"]) == (409, 409)


@pytest.mark.parametrize("key", ["", "k" * 65])
async def test_a_key_has_1_to_64_characters(
    client: httpx.AsyncClient, alice: Headers, key: str
) -> None:
    answer = await client.post(ORDERS, headers={**alice, "Idempotency-Key": key}, json=TEA)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


async def test_the_list_goes_from_newest_to_oldest_in_pages(
    client: httpx.AsyncClient, alice: Headers
) -> None:
    placed = [(await place(client, alice))["id"] for _ in range(5)]

    seen: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = (await client.get(ORDERS, headers=alice, params=query)).json()["data"]
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        assert httpx.URL(f"/?c={page['next_cursor']}").params["c"] == page["next_cursor"]
        query["cursor"] = page["next_cursor"]

    assert seen == placed[::-1]


async def test_twenty_orders_are_a_page_unless_said(
    client: httpx.AsyncClient, alice: Headers
) -> None:
    for _ in range(21):
        await place(client, alice)

    page = (await client.get(ORDERS, headers=alice)).json()["data"]

    assert len(page["items"]) == 20
    assert page["next_cursor"]


async def test_a_list_can_be_of_one_status(client: httpx.AsyncClient, alice: Headers) -> None:
    kept, cancelled = await place(client, alice), await place(client, alice)
    await client.post(f"{ORDERS}/{cancelled['id']}/cancel", headers=alice)

    page = (await client.get(ORDERS, headers=alice, params={"status": "created"})).json()["data"]

    assert [item["id"] for item in page["items"]] == [kept["id"]]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"), ("limit=101", "limit"), ("limit=x", "limit"), ("limit=", "limit"),
        ("limit=1.0", "limit"), ("limit=%201", "limit"), ("limit=1_0", "limit"),
        ("limit=%2B1", "limit"), ("limit=-1", "limit"), ("limit=%D9%A1", "limit"),
        ("limit=" + "9" * 5000, "limit"), ("limit=9999999999999999", "limit"),
        ("status=gone", "status"), ("status=", "status"),
        ("cursor=x", "cursor"), ("cursor=", "cursor"), ("cursor=%00", "cursor"),
        ("cursor=" + "A" * 22 + "%3D%3D", "cursor"), ("cursor=%E8%8C%B6", "cursor"),
    ],
)  # fmt: skip
async def test_a_query_has_its_shape(
    client: httpx.AsyncClient, alice: Headers, query: str, field: str
) -> None:
    answer = await client.get(f"{ORDERS}?{query}", headers=alice)

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_unknown_query_parameters_are_ignored(
    client: httpx.AsyncClient, alice: Headers
) -> None:
    answer = await client.get(f"{ORDERS}?utm_source=x&Limit=0&limit=1", headers=alice)

    assert answer.status_code == 200


async def test_an_order_is_read_confirmed_and_then_stays(
    client: httpx.AsyncClient, alice: Headers
) -> None:
    order = await place(client, alice)
    path = f"{ORDERS}/{order['id']}"

    confirmed = await client.post(f"{path}/confirm", headers=alice)
    again = await client.post(f"{path}/confirm", headers=alice)
    cancelled = await client.post(f"{path}/cancel", headers=alice)

    assert confirmed.json()["data"]["status"] == "confirmed"
    assert (again.status_code, again.json()["code"]) == (409, 2002)
    assert (cancelled.status_code, cancelled.json()["code"]) == (409, 2002)
    assert (await client.get(path, headers=alice)).json()["data"] == confirmed.json()["data"]


async def test_an_order_is_cancelled_once(client: httpx.AsyncClient, alice: Headers) -> None:
    path = f"{ORDERS}/{(await place(client, alice))['id']}"

    cancelled = await client.post(f"{path}/cancel", headers=alice)
    confirmed = await client.post(f"{path}/confirm", headers=alice)

    assert cancelled.json()["data"]["status"] == "cancelled"
    assert confirmed.json()["code"] == 2002


async def test_more_than_is_in_stock_cannot_be_confirmed(
    client: httpx.AsyncClient, alice: Headers
) -> None:
    order = await place(client, alice, items=[{"sku": "tea-1", "quantity": 1001}])

    answer = await client.post(f"{ORDERS}/{order['id']}/confirm", headers=alice)

    assert (answer.status_code, answer.json()["code"]) == (409, 2004)


async def test_a_deleted_order_is_gone(client: httpx.AsyncClient, alice: Headers) -> None:
    path = f"{ORDERS}/{(await place(client, alice))['id']}"

    deleted = await client.delete(path, headers=alice)

    assert (deleted.status_code, deleted.json()["data"]) == (200, None)
    assert (await client.get(path, headers=alice)).json()["code"] == 2001
    assert (await client.get(ORDERS, headers=alice)).json()["data"]["items"] == []


STEPS = [("GET", ""), ("DELETE", ""), ("POST", "/confirm"), ("POST", "/cancel")]


@pytest.mark.parametrize(("method", "step"), STEPS)
async def test_another_user_s_order_is_not_there(
    client: httpx.AsyncClient, sign_in: SignInAs, alice: Headers, method: str, step: str
) -> None:
    order, bob = await place(client, alice), await sign_in("bob")

    answer = await client.request(method, f"{ORDERS}/{order['id']}{step}", headers=bob)

    assert (answer.status_code, answer.json()["code"]) == (404, 2001)


@pytest.mark.parametrize(("method", "step"), STEPS)
@pytest.mark.parametrize("id", ["x", "0", "%00", str(new_id()).upper(), "{id}", str(new_id())])
async def test_an_id_that_names_nothing_is_404_however_it_looks(
    client: httpx.AsyncClient, alice: Headers, id: str, method: str, step: str
) -> None:
    answer = await client.request(method, f"{ORDERS}/{id}{step}", headers=alice)

    assert (answer.status_code, answer.json()["code"]) == (404, 2001)
