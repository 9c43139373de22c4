"""The life of the process as the edge sees it: start, serve, drain, stop."""

from ..application import Application
from .access_log import log_defect
from .asgi import Receive, Send


class Lifecycle:
    """The server process says `drain` when it was asked to stop, before it stops listening."""

    def __init__(self) -> None:
        self.is_draining = False

    def drain(self) -> None:
        """From now on `/readyz` says no, and kept connections are asked to close."""
        self.is_draining = True


async def live(
    application: Application, lifecycle: Lifecycle, receive: Receive, send: Send
) -> None:
    """ASGI's lifespan: the application's companions run as long as the server does."""
    await receive()
    try:
        await application.__aenter__()
    except Exception as error:
        log_defect(error)
        await application.__aexit__(None, None, None)
        await send({"type": "lifespan.startup.failed", "message": type(error).__name__})
        return
    await send({"type": "lifespan.startup.complete"})
    await receive()
    lifecycle.drain()
    await application.__aexit__(None, None, None)
    await send({"type": "lifespan.shutdown.complete"})
