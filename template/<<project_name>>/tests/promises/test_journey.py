"""The whole way of one user, from a code of WeChat's to being forgotten."""

from tests.house import Backend, Member


async def test_a_code_goes_all_the_way_to_a_reserved_order_and_an_erased_user(
    backend: Backend, alice: Member
) -> None:
    order = await alice.post("/orders", {"items": [{"sku": "tea-1", "quantity": 3}]})
    confirmed = await alice.post(f"/orders/{order['id']}/confirm")
    await backend.deliver_events()

    assert confirmed["status"] == "confirmed"
    assert await backend.in_stock("tea-1") == 997

    await alice.delete("/users/me")

    assert (await alice.call("GET", "/users/me")).status_code == 401
    assert await backend.in_stock("tea-1") == 997


async def test_a_new_sign_in_after_erasure_makes_a_new_user(
    backend: Backend, alice: Member
) -> None:
    before = await alice.get("/users/me")
    await alice.delete("/users/me")

    again = await backend.sign_in("alice")

    assert again.grant["is_new_user"] is True
    assert (await again.get("/users/me"))["id"] != before["id"]
    assert (await again.get("/orders"))["items"] == []


async def test_an_order_that_cannot_be_reserved_becomes_cancelled(
    backend: Backend, alice: Member
) -> None:
    orders = [
        await alice.post("/orders", {"items": [{"sku": "tea-1", "quantity": 600}]})
        for _ in range(2)
    ]

    for order in orders:
        await alice.post(f"/orders/{order['id']}/confirm")
    await backend.deliver_events()

    states = [(await alice.get(f"/orders/{order['id']}"))["status"] for order in orders]
    assert sorted(states) == ["cancelled", "confirmed"]
    assert await backend.in_stock("tea-1") == 400


async def test_stock_is_reserved_once_however_often_the_event_comes(
    backend: Backend, alice: Member
) -> None:
    order = await alice.post("/orders", {"items": [{"sku": "tea-1", "quantity": 3}]})
    await alice.post(f"/orders/{order['id']}/confirm")
    await backend.deliver_events()

    await backend.forget_deliveries()
    await backend.deliver_events()

    assert await backend.in_stock("tea-1") == 997
