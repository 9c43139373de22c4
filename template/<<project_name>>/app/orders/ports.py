"""What orders need from outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from ..kernel.money import Money
from ..kernel.ports import Outbox, Work
from .domain import Line, Order, OrderId, OrderStatus


class OrderRepository(Protocol):
    """Deleted orders are not there for anybody."""

    async def get(self, id: OrderId, user_id: UUID) -> Order | None: ...

    async def get_for_update(self, id: OrderId, user_id: UUID | None = None) -> Order | None:
        """Locks the order until the work ends; without a user, whosever it is."""

    async def add(self, order: Order) -> None: ...

    async def save(self, order: Order) -> None: ...

    async def list(
        self, user_id: UUID, status: OrderStatus | None, before: OrderId | None, limit: int
    ) -> Sequence[Order]:
        """Newest first, older than `before`."""

    async def all_of(self, user_id: UUID) -> Sequence[Order]:
        """Newest first, for the user's export."""


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """What an idempotency key was answered with, and the hash of the body that came with it."""

    body_hash: bytes = field(repr=False)
    order: Order


class FirstAnswers(Protocol):
    """Answers kept for 24 hours, by user and idempotency key."""

    async def get_for_update(self, user_id: UUID, key: str, now: datetime) -> FirstAnswer | None:
        """Nobody else can answer this key until the work ends."""

    async def keep(self, user_id: UUID, key: str, answer: FirstAnswer, now: datetime) -> None: ...


class OrderWork(Work, Protocol):
    @property
    def orders(self) -> OrderRepository: ...
    @property
    def first_answers(self) -> FirstAnswers: ...
    @property
    def outbox(self) -> Outbox: ...


class Catalogue(Protocol):
    """The prices, kept by another module."""

    async def prices(self, skus: Sequence[str]) -> Mapping[str, Money]:
        """Unknown ones are left out."""


class Stock(Protocol):
    """Whether there is enough, kept by another module."""

    async def has_enough(self, lines: Sequence[Line]) -> bool: ...
