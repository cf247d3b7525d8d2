"""A stand-in for the Graph API that takes everything at once, and tells whom each message was for."""

import asyncio
import itertools
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import cast

from bench.wire import message_in

TO = re.compile(rb'"to":"\+?(\d+)"')
OPAQUE = re.compile(rb'"biz_opaque_callback_data":"([^"]*)"')
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Taken:
    """One message that was taken: for whom, the id it got, and the sender's own id."""

    phone: str
    wamid: str
    opaque: str


@asynccontextmanager
async def graph(hear: Callable[[Taken], None]) -> AsyncIterator[int]:
    """The value is the port."""
    numbers = itertools.count(1)
    server = await asyncio.get_running_loop().create_server(partial(_Line, hear, numbers), "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


class _Line(asyncio.Protocol):
    def __init__(self, hear: Callable[[Taken], None], numbers: "itertools.count[int]") -> None:
        self._hear, self._numbers = hear, numbers
        self._transport: asyncio.Transport | None = None
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, received: bytes) -> None:
        self._received += received
        while (found := message_in(self._received)) is not None:
            _, body, self._received = found
            self._answer(body)

    def _answer(self, body: bytes) -> None:
        assert self._transport is not None
        to, opaque, wamid = TO.search(body), OPAQUE.search(body), f"wamid.graph{next(self._numbers)}"
        answer = b'{"messages":[{"id":"%s"}]}' % wamid.encode()
        self._transport.write(HEAD % len(answer) + answer)
        if to is not None:
            self._hear(Taken(to[1].decode(), wamid, opaque[1].decode() if opaque else ""))
