"""A wire between browser and server that can be cut: streams that were open end, new connections are refused."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

CHUNK = 65_536


@dataclass
class Wire:
    """`address` leads where `target` leads, as long as the wire is whole.

    `hush`: connections that are open stay so and nothing comes through them any more, as after another network; who
    asks over one of them hears that nobody knows it.
    """

    target: str
    address: str = ""
    _whole: bool = True
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _silent: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> None:
        self._whole = False
        for writer in self._open:
            writer.transport.abort()

    def mend(self) -> None:
        self._whole = True

    def hush(self) -> None:
        self._silent |= self._open

    async def relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._whole:
            writer.transport.abort()
            return
        there = urlsplit(self.target)
        back, out = await asyncio.open_connection(there.hostname, there.port)
        ends = {writer, out}
        self._open |= ends
        await asyncio.gather(self._pump(reader, out, writer), self._pump(back, writer))
        self._open -= ends

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asking: asyncio.StreamWriter | None = None
    ) -> None:
        with suppress(ConnectionError, OSError):
            while chunk := await reader.read(CHUNK):
                if writer not in self._silent:
                    writer.write(chunk)
                    await writer.drain()
                elif asking:
                    asking.transport.abort()
        writer.close()


@asynccontextmanager
async def wire_to(target: str) -> AsyncIterator[Wire]:
    wire = Wire(target)
    server = await asyncio.start_server(wire.relay, "127.0.0.1", 0)
    wire.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield wire
    finally:
        server.close()
        wire.cut()
