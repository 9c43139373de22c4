"""The server process: workers that serve, and a parent that starts them and lets them end well."""

import socket

from ..console.refusals import CannotDo


def require_free(host: str, port: int) -> None:
    """Raises CannotDo; Granian itself would share the port with whoever has it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotDo(
                f"APP_HOST and APP_PORT: {host}:{port} cannot be used ({error.strerror})."
            ) from None
