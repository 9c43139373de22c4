"""WeChat as the client meets it in the contract tests, its worst servers included."""

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from app.adapters.wechat import HttpWeChat, WeChatSettings, open_wechat
from app.kernel.clock import utc_now
from sandbox import Sandbox

SECRET = "5f1e0c9ab37d4826a1c05be29f7d3368"
LOGIN = "/sns/jscode2session"
KEY = "tiihtNczf5v6AKRyjwEUhQ=="
OPENID = "oGZUI0egBJY1zhBYw2KhdUfwVJJE"


def session(**changed: object) -> str:
    return json.dumps({"openid": OPENID, "session_key": KEY} | changed)


def settings(url: str, **seconds: float) -> WeChatSettings:
    limits = {f"{name}_timeout_seconds": limit for name, limit in seconds.items()}
    appid = Sandbox.appid
    return WeChatSettings(appid=appid, secret=SECRET, base_url=url, **limits)  # type: ignore[arg-type]


@asynccontextmanager
async def at(url: str, **seconds: float) -> AsyncIterator[HttpWeChat]:
    wechat = open_wechat(settings(url, **seconds), utc_now)
    try:
        yield wechat
    finally:
        await wechat.close()


@asynccontextmanager
async def resetting() -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that reads a request and resets the connection."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.close()

    async with listening(serve) as url:
        yield url, asked


@asynccontextmanager
async def trickling() -> AsyncIterator[str]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with listening(serve) as url:
        yield url


@asynccontextmanager
async def endless() -> AsyncIterator[str]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"1000\r\n" + b" " * 4096 + b"\r\n")
            await writer.drain()

    async with listening(serve) as url:
        yield url


@asynccontextmanager
async def full() -> AsyncIterator[str]:
    """A server whose queue is full, so that it takes no further connection."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(server.getsockname())
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            for one in waiting:
                one.close()


@asynccontextmanager
async def listening(serve: Any, context: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    async def quietly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except ConnectionError:
            writer.close()

    server = await asyncio.start_server(quietly, "127.0.0.1", 0, ssl=context)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


@asynccontextmanager
async def impostor(folder: Path) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server on TLS with a certificate that it gave itself, and what it was told."""
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(100))
        writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_own_certificate(folder))
    async with listening(serve, context) as url:
        yield url.replace("http:", "https:").replace("127.0.0.1", "localhost"), heard


def _own_certificate(folder: Path) -> Path:
    key, now = ec.generate_private_key(ec.SECP256R1()), utc_now()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, SHA256())
    )
    file = folder / "localhost.pem"
    pem = serialization.Encoding.PEM
    plain = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(plain + certificate.public_bytes(pem))
    return file
