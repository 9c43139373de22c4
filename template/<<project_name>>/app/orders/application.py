"""What users do with orders."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from ..kernel.events import Event
from ..kernel.ids import new_id
from ..kernel.paging import Page, decode_cursor, encode_cursor
from ..kernel.ports import Works
from .domain import Line, Order, OrderId, OrderStatus
from .errors import IdempotencyKeyReused, NotEnoughInStock, OrderNotFound
from .ports import Catalogue, FirstAnswer, OrderWork, Stock

FIRST_ANSWER_KEPT = timedelta(hours=24)


class Orders:
    """Every verb acts for one user and sees that user's orders only."""

    def __init__(self, works: Works[OrderWork], catalogue: Catalogue, stock: Stock) -> None:
        self._works = works
        self._catalogue = catalogue
        self._stock = stock

    async def place(self, user_id: UUID, lines: Sequence[Line], key: str | None = None) -> Order:
        """With an idempotency key the first answer is given again for 24 hours.

        Raises UnknownSku, SeveralCurrencies, or IdempotencyKeyReused when the key came with
        other lines.
        """
        prices = await self._catalogue.prices([line.sku for line in lines])
        async with self._works.begin() as work:
            first = await self._first_answer(work, user_id, lines, key)
            if first is not None:
                return first
            order = Order.place(OrderId(new_id()), user_id, lines, prices, work.now)
            await work.orders.add(order)
            if key is not None:
                answer = FirstAnswer(_hash_of(lines), order)
                await work.first_answers.keep(user_id, key, answer, work.now)
        return order

    async def get(self, user_id: UUID, id: OrderId) -> Order:
        """Raises OrderNotFound, also for another user's order."""
        async with self._works.read() as work:
            return _found(await work.orders.get(id, user_id))

    async def list(
        self, user_id: UUID, status: OrderStatus | None, cursor: str | None, limit: int
    ) -> Page[Order]:
        """Newest first; raises BadInput for a cursor that no page gave."""
        before = OrderId(decode_cursor(cursor)) if cursor is not None else None
        async with self._works.read() as work:
            found = await work.orders.list(user_id, status, before, limit + 1)
        items = tuple(found[:limit])
        more = len(found) > limit
        return Page(items, encode_cursor(items[-1].id) if more else None)

    async def confirm(self, user_id: UUID, id: OrderId) -> Order:
        """The event that inventory acts on leaves with the same commit.

        Raises OrderNotFound, OrderNotPossible or NotEnoughInStock.
        """
        await self._demand_stock(await self._confirmable(user_id, id))
        async with self._works.begin() as work:
            order = _found(await work.orders.get_for_update(id, user_id))
            confirmed, event = order.confirm(work.now)
            await work.orders.save(confirmed)
            await work.outbox.publish(event)
        return confirmed

    async def cancel(self, user_id: UUID, id: OrderId) -> Order:
        """Raises OrderNotFound or OrderNotPossible."""
        async with self._works.begin() as work:
            order = _found(await work.orders.get_for_update(id, user_id))
            cancelled = order.cancel(work.now)
            await work.orders.save(cancelled)
        return cancelled

    async def delete(self, user_id: UUID, id: OrderId) -> None:
        """The order is gone for everybody but the books; raises OrderNotFound."""
        async with self._works.begin() as work:
            order = _found(await work.orders.get_for_update(id, user_id))
            await work.orders.save(order.delete(work.now))

    async def all_of(self, user_id: UUID) -> Sequence[Order]:
        """For the user's export."""
        async with self._works.read() as work:
            return await work.orders.all_of(user_id)

    async def fall_short(self, event: Event) -> None:
        """Acts on inventory's word that an order could not be reserved; safe to hear twice."""
        async with self._works.begin() as work:
            order = await work.orders.get_for_update(OrderId(event.subject))
            if order is not None:
                await work.orders.save(order.fall_short(work.now))

    async def _first_answer(
        self, work: OrderWork, user_id: UUID, lines: Sequence[Line], key: str | None
    ) -> Order | None:
        if key is None:
            return None
        first = await work.first_answers.get_for_update(user_id, key, work.now)
        if first is not None and first.body_hash != _hash_of(lines):
            raise IdempotencyKeyReused
        return first.order if first else None

    async def _confirmable(self, user_id: UUID, id: OrderId) -> Order:
        """So that a step which is not possible is said before stock is."""
        order = await self.get(user_id, id)
        order.confirm(order.updated_at)
        return order

    async def _demand_stock(self, order: Order) -> None:
        lines = [Line(item.sku, item.quantity) for item in order.items]
        if not await self._stock.has_enough(lines):
            raise NotEnoughInStock


def _found(order: Order | None) -> Order:
    if order is None:
        raise OrderNotFound
    return order


def _hash_of(lines: Sequence[Line]) -> bytes:
    text = "\n".join(f"{line.sku}\t{line.quantity}" for line in lines)
    return sha256(text.encode()).digest()


def exported(order: Order) -> Mapping[str, object]:
    """An order as its user takes it home."""
    return {
        "id": str(order.id),
        "status": order.status,
        "items": [
            {"sku": i.sku, "quantity": i.quantity, "unit_price": i.unit_price.amount}
            for i in order.items
        ],
        "total": order.total.amount,
        "currency": order.total.currency,
        "created_at": order.created_at,
        "updated_at": order.updated_at,
    }
