"""A stand-in for a bad network: passes a MariaDB connection on, and cuts it at a COMMIT when told to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy.engine import make_url

COMMIT = b"\x03COMMIT"
HEADER = 4


@dataclass
class Cutter:
    """`cut_in`: the so-many-th COMMIT from now is cut (0: none), `before` or `after` the server got it."""

    url: str
    cut_in: int = 0
    side: Literal["before", "after"] = "before"
    cuts: int = 0
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    def cut_at(self, number: int, side: Literal["before", "after"]) -> None:
        self.cut_in, self.side = number, side

    def wants(self, packet: bytes) -> bool:
        if not self.cut_in or packet[HEADER:].upper() != COMMIT:
            return False
        self.cut_in -= 1
        return self.cut_in == 0


@asynccontextmanager
async def cutting(direct: str) -> AsyncIterator[Cutter]:
    """`cutter.url` leads through it to the database at `direct`."""
    target = make_url(direct)
    cutter = Cutter(direct)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        theirs = await asyncio.open_connection(target.host, target.port)
        await asyncio.wait(
            [
                asyncio.create_task(_to_server(cutter, reader, writer, theirs)),
                asyncio.create_task(_to_client(theirs[0], writer)),
            ]
        )
        writer.close()
        theirs[1].close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    cutter.url = target.set(port=server.sockets[0].getsockname()[1]).render_as_string(hide_password=False)
    try:
        yield cutter
    finally:
        server.close()


async def _to_server(
    cutter: Cutter,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    theirs: tuple[asyncio.StreamReader, asyncio.StreamWriter],
) -> None:
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            header = await reader.readexactly(HEADER)
            packet = header + await reader.readexactly(int.from_bytes(header[:3], "little"))
            if not cutter.wants(packet):
                theirs[1].write(packet)
                continue
            cutter.cuts += 1
            writer.transport.abort()
            if cutter.side == "after":
                theirs[1].write(packet)
                await theirs[1].drain()
            break
    theirs[1].close()


async def _to_client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while received := await reader.read(65_536):
            if writer.transport.is_closing():
                continue
            writer.write(received)
    writer.close()
