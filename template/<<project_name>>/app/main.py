"""The ASGI entry: settings are read, the house is built, the web opens on it."""

from .application import Application
from .bootstrap import House, build, open_house
from .identity.application import Sessions
from .settings import read_settings
from .web import create_app
from .web.edge import Edge


def create() -> Edge:
    """For the server, once per worker."""
    house = open_house(read_settings())
    return open_web(house, build(house))


def open_web(house: House, application: Application) -> Edge:
    keys = application.of(Sessions).public_keys()
    return create_app(
        application,
        house.settings.web,
        house.settings.limits,
        house.store,
        house.metrics,
        public_keys=None if keys is None else lambda: dict(keys),
    )
