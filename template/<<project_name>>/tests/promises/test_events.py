"""Events leave through the outbox: what was committed is never lost, what was not never leaves."""

from contextlib import AbstractAsyncContextManager, suppress

from app.kernel.events import Event
from app.kernel.ids import new_id
from tests.clock import TurnableClock
from tests.house import Backend, Member


async def test_an_event_of_undone_work_never_leaves(backend: Backend, clock: TurnableClock) -> None:
    event = Event(new_id(), "orders.confirmed", new_id(), clock(), {"items": []})

    with suppress(ZeroDivisionError):
        async with backend.order_works().begin() as work:
            await work.outbox.publish(event)
            raise ZeroDivisionError

    assert await backend.deliver_events() == 0


async def test_an_event_survives_the_process_that_published_it(
    another_process: AbstractAsyncContextManager[Backend], alice: Member
) -> None:
    order = await alice.post("/orders", {"items": [{"sku": "tea-1", "quantity": 3}]})
    await alice.post(f"/orders/{order['id']}/confirm")

    async with another_process as after:
        await after.deliver_events()

        assert await after.in_stock("tea-1") == 997


async def test_an_operator_sees_what_has_not_left(
    backend: Backend, alice: Member, clock: TurnableClock
) -> None:
    order = await alice.post("/orders", {"items": [{"sku": "tea-1", "quantity": 3}]})
    await alice.post(f"/orders/{order['id']}/confirm")
    clock.advance(seconds=90)

    await backend.deliver_events()
    looked_at = (await backend.client.get("/metrics")).text
    await backend.deliver_events()
    after = (await backend.client.get("/metrics")).text

    assert ("outbox_pending 1.0" in looked_at, "outbox_lag_seconds 90.0" in looked_at) == (
        True,
        True,
    )
    assert ("outbox_pending 0.0" in after, "outbox_lag_seconds 0.0" in after) == (True, True)
