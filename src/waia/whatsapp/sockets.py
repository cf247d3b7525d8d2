"""Sockets for httpx on the event loop's own transports: a request through anyio's costs twice the processor time.

httpx keeps what is hard: HTTP, the life of connections, TLS contexts. Here bytes go in and out, with time limits.
"""

import asyncio
import select
import socket
import ssl
from asyncio.staggered import staggered_race
from collections.abc import Iterable
from functools import partial
from typing import Any, cast

import httpcore

HELD_BYTES = 16 * 1024
NEXT_ADDRESS_AFTER_S = 0.25  # RFC 8305: an address that does not answer must not hold up the others


class LoopSockets(httpcore.AsyncNetworkBackend):
    """What httpcore connects with."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                connected = await _connect(host, port)
                _, stream = await asyncio.get_running_loop().create_connection(_Stream, sock=connected)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"{host}:{port}") from error
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from error
        return stream

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class _Stream(asyncio.Protocol, httpcore.AsyncNetworkStream):
    """One connection. Reading and writing wait only where the other side makes them."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._received, self._held = bytearray(), bytearray()
        self._ended, self._error = False, cast("Exception | None", None)
        self._reader: asyncio.Future[None] | None = None
        self._writer: asyncio.Future[None] | None = None
        self._is_full = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, received: bytes) -> None:
        self._received += received
        _wake(self._reader)

    def eof_received(self) -> None:
        self._ended = True
        _wake(self._reader)

    def connection_lost(self, error: Exception | None) -> None:
        self._ended, self._error = True, error
        _wake(self._reader)
        _wake(self._writer)

    def pause_writing(self) -> None:
        self._is_full = True

    def resume_writing(self) -> None:
        self._is_full = False
        _wake(self._writer)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        self._flush()
        while not (self._received or self._ended):
            self._reader = asyncio.get_running_loop().create_future()
            await _until(self._reader, timeout, httpcore.ReadTimeout)
        if not self._received and self._error is not None:
            raise httpcore.ReadError(str(self._error)) from self._error
        found = bytes(self._received[:max_bytes])
        del self._received[:max_bytes]
        return found

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        if self._transport is None or self._transport.is_closing():
            raise httpcore.WriteError(str(self._error or "the connection is closed"))
        self._held += buffer
        if len(self._held) >= HELD_BYTES:
            self._flush()
        while self._is_full and not self._ended:
            self._writer = asyncio.get_running_loop().create_future()
            await _until(self._writer, timeout, httpcore.WriteTimeout)

    def _flush(self) -> None:
        """Head and body of a small request leave together, when its answer is waited for."""
        if self._held and self._transport is not None and not self._transport.is_closing():
            self._transport.write(bytes(self._held))
        self._held.clear()

    async def aclose(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        loop = asyncio.get_running_loop()
        assert self._transport is not None
        try:
            async with asyncio.timeout(timeout):
                safe = await loop.start_tls(self._transport, self, ssl_context, server_hostname=server_hostname)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(server_hostname or "") from error
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        self._transport = safe
        return self

    def get_extra_info(self, info: str) -> Any:
        """`is_readable` of an idle connection: the other side closed it, or said what nobody asked for."""
        assert self._transport is not None
        if info == "is_readable":
            return bool(self._received) or self._ended or _has_news(self._transport.get_extra_info("socket"))
        return self._transport.get_extra_info({"server_addr": "peername", "client_addr": "sockname"}.get(info, info))


async def _connect(host: str, port: int) -> socket.socket:
    """To the first address that answers; the next is tried when one fails or takes long."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    tries = [partial(_connect_to, family, address) for family, _, _, _, address in _by_turns(found)]
    connected: socket.socket | None
    connected, _, errors = await staggered_race(tries, NEXT_ADDRESS_AFTER_S)
    if connected is None:
        raise next((error for error in errors if isinstance(error, OSError)), OSError(f"no address of {host}"))
    return connected


def _by_turns(found: list[Any]) -> list[Any]:
    """Both families get a chance early."""
    first = [each for each in found if each[0] == found[0][0]]
    second = [each for each in found if each[0] != found[0][0]]
    mixed = [each for pair in zip(first, second, strict=False) for each in pair]
    return [*mixed, *first[len(second) :], *second[len(first) :]]


async def _connect_to(family: int, address: Any) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setblocking(False)
    try:
        await asyncio.get_running_loop().sock_connect(made, address)
    except BaseException:
        made.close()
        raise
    return made


def _has_news(connected: socket.socket) -> bool:
    """Whether the system knows more than the loop has told."""
    if not hasattr(select, "poll"):
        return False
    watch = select.poll()
    watch.register(connected.fileno(), select.POLLIN)
    return bool(watch.poll(0))


def _wake(waiting: asyncio.Future[None] | None) -> None:
    if waiting is not None and not waiting.done():
        waiting.set_result(None)


async def _until(waiting: asyncio.Future[None], timeout_s: float | None, late: type[Exception]) -> None:
    if timeout_s is None:
        await waiting
        return
    timer = asyncio.get_running_loop().call_later(timeout_s, _expire, waiting, late)
    try:
        await waiting
    finally:
        timer.cancel()


def _expire(waiting: asyncio.Future[None], late: type[Exception]) -> None:
    if not waiting.done():
        waiting.set_exception(late())
