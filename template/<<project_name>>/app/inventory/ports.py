"""What inventory needs from outside."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from ..kernel.ports import Outbox, Work
from .domain import Product


class ProductRepository(Protocol):
    async def get(self, skus: Sequence[str]) -> Mapping[str, Product]:
        """Unknown ones are left out."""

    async def get_for_update(self, skus: Sequence[str]) -> Mapping[str, Product]:
        """Locks them, in the order of their skus so that two works cannot block each other."""

    async def save(self, product: Product) -> None: ...

    async def add_missing(self, product: Product) -> bool:
        """False when the sku is there already, which is left as it is."""


class Inbox(Protocol):
    """Events that were acted on, so that one that comes again does nothing."""

    async def is_first(self, consumer: str, event_id: UUID, now: datetime) -> bool:
        """Remembers the event with this work; false when it was remembered before."""


class InventoryWork(Work, Protocol):
    @property
    def products(self) -> ProductRepository: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def outbox(self) -> Outbox: ...
