"""HTTP/1.1 as cheap as Python can speak it, so that what is measured is the other side."""

import asyncio
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes


class Line(asyncio.Protocol):
    """One connection, one request at a time; `heard` gets the line itself and the status of each answer."""

    def __init__(self, heard: "Callable[[Line, int], None]") -> None:
        self._heard, self._received = heard, b""
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def open(cls, port: int, heard: "Callable[[Line, int], None]") -> "Line":
        _, line = await asyncio.get_running_loop().create_connection(lambda: cls(heard), "127.0.0.1", port)
        return line

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def send(self, request: bytes) -> None:
        assert self._transport is not None
        self._transport.write(request)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, received: bytes) -> None:
        self._received += received
        found = message_in(self._received)
        if found is not None:
            head, _, self._received = found
            self._heard(self, int(head[9:12]))


async def ask(port: int, *requests: bytes) -> list[Reply]:
    """One after the other on one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        return [await _exchange(reader, writer, request) for request in requests]
    finally:
        writer.close()


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> Reply:
    writer.write(request)
    head = await reader.readuntil(HEAD_END)
    length = LENGTH.search(head)
    return Reply(int(head[9:12]), await reader.readexactly(int(length[1]) if length else 0))


class Listener(asyncio.Protocol):
    """Reads an endless answer and hands over its parts as they come."""

    def __init__(self, request: bytes, hear: Callable[[bytes], None]) -> None:
        self._request, self._hear = request, hear

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast("asyncio.Transport", transport).write(self._request)

    def data_received(self, received: bytes) -> None:
        self._hear(received)


def message_in(received: bytes) -> tuple[bytes, bytes, bytes] | None:
    """Head, body and what follows; None while the message is not complete."""
    end = received.find(HEAD_END)
    if end < 0:
        return None
    length = LENGTH.search(received, 0, end)
    start = end + len(HEAD_END)
    stop = start + (int(length[1]) if length else 0)
    return None if len(received) < stop else (received[:end], received[start:stop], received[stop:])


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def get(path: str, cookie: str = "", accept: str = "text/html") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {accept}\r\nCookie: {cookie}\r\n\r\n".encode()
