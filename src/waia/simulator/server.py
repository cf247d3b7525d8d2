"""Runs an ASGI app on a loopback port inside the current event loop, with connections that can be reset."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import uvicorn

from waia.simulator.http import SEVER

GRACE_S = 1
"""How long answers that are slow on purpose may hold up the end."""
LOOK_S = 0.002
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@asynccontextmanager
async def serving(app: Any, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Yields the base address; port 0 takes a free one."""
    listener = _listener(host, port)
    config = uvicorn.Config(severable(app), log_level="error", access_log=False, date_header=False)
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup([listener])
    await server.on_tick(0)
    try:
        yield f"http://{host}:{listener.getsockname()[1]}"
    finally:
        await _stop(server)


async def _stop(server: uvicorn.Server) -> None:
    """As uvicorn's own, which takes up to three tenths of a second even where nothing is on its way."""
    for listening in server.servers:
        listening.close()
    state = server.server_state
    for connection in list(state.connections):
        connection.shutdown()
    with suppress(TimeoutError):
        async with asyncio.timeout(GRACE_S):
            while state.connections or state.tasks:  # noqa: ASYNC110  # uvicorn tells nobody
                await asyncio.sleep(LOOK_S)
    for task in state.tasks:
        task.cancel()
    await server.lifespan.shutdown()


def _listener(host: str, port: int) -> socket.socket:
    """asyncio leaves Nagle's algorithm on for such sockets, which costs 40 ms for each answer."""
    listener = socket.create_server((host, port))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def severable(app: Any) -> Any:
    """Offers `reset` to the app: the peer sees its connection reset, as when a network breaks."""

    async def with_reset(scope: Any, receive: Any, send: Any) -> None:
        transport = getattr(getattr(send, "__self__", None), "transport", None)
        if transport is not None:
            offers = scope.setdefault("extensions", {})
            offers[SEVER] = {"reset": lambda: _reset(transport)}
        await app(scope, receive, send)

    return with_reset


def _reset(transport: asyncio.Transport) -> None:
    sock = transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    transport.abort()
