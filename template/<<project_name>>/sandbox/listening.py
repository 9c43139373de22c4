"""HTTP/1.1 on loopback: what came becomes a request, an answer becomes what goes."""

import socket
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from . import control, wechat
from .exchange import Answer, Request
from .state import World

LARGEST_BODY = 64 * 1024 * 1024
CHUNK = 64 * 1024


class Listener(ThreadingHTTPServer):
    """Knows its connections, so that ending it ends them."""

    # The default of 5 makes twenty callers at once wait a second for their connection.
    request_queue_size = 128
    daemon_threads = True
    block_on_close = False

    def __init__(self, world: World, port: int) -> None:
        self.world = world
        self.is_ending = threading.Event()
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), Handler)

    def listen(self) -> None:
        self.serve_forever(poll_interval=0.01)

    def end(self) -> None:
        self.is_ending.set()
        self.shutdown()
        self.server_close()
        for connection in list(self._open):
            hang_up(connection)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that went away is no news."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    server: Listener
    protocol_version = "HTTP/1.1"
    server_version = "sandbox"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        request = self._read()
        if request is None:
            self._send(Answer(b"", 413, "text/plain"))
            self.close_connection = True
            return
        if request.path.startswith(control.PREFIX):
            self._send(control.answer(self.server.world, request))
            return
        given = wechat.answer(self.server.world, request, self.server.is_ending.wait)
        if given is None or self.server.is_ending.is_set():
            self.close_connection = True
        else:
            self._send(given)

    do_POST = do_PUT = do_DELETE = do_PATCH = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the query carries the secret."""

    def _read(self) -> Request | None:
        """`None` when the length of the body is too large, or no length."""
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            return None
        body = self.rfile.read(int(length))
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        return Request(self.command, self.path, parts.path, query, body)

    def _send(self, given: Answer) -> None:
        is_chunked = len(given.body) > CHUNK
        self.send_response(given.status)
        for name, value in ({"Content-Type": given.content_type} | dict(given.headers)).items():
            self.send_header(name, value)
        if is_chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif given.status != 204:
            self.send_header("Content-Length", str(len(given.body)))
        self.end_headers()
        for piece in _chunks(given.body) if is_chunked else [given.body]:
            self.wfile.write(piece)


def hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        connection.close()


def _chunks(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), CHUNK):
        piece = body[start : start + CHUNK]
        yield b"%x\r\n%b\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"
