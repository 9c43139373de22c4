"""The composition root: the one place that knows every adapter and every module."""

from importlib import import_module

from ..adapters.events.relay import OutboxRelay
from ..application import Application
from ..modules import NAMES
from .house import House as House
from .house import open_house as open_house
from .wiring import Wiring


def build(house: House) -> Application:
    """Wires the modules of this project, one after another, into `house`."""
    wiring = Wiring()
    for name in NAMES:
        import_module(f"{__name__}.{name}").wire(house, wiring)
    relay = OutboxRelay(
        house.database, wiring.handlers, house.clock, house.metrics.outbox_looked_at
    )
    return Application(
        verbs=list(wiring.verbs.values()),
        companions=[house.trail, relay],
        is_ready=house.database.ping,
        close=house.close,
    )
