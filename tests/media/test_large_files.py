"""A large file passes through; it never lies in memory, neither on its way in nor on its way out."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from waia.kit.places import AllowedPlaces
from waia.media.download import Downloads
from waia.media.folder import FolderStorage
from waia.media.intake import Expected

MB = 1024 * 1024
SIZE, MOST = 100 * MB, 12 * MB


@asynccontextmanager
async def large_file() -> AsyncIterator[str]:
    """An address that sends a hundred megabytes, made while they are sent."""

    async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {SIZE}\r\n\r\n".encode())
        for _ in range(SIZE // MB):
            writer.write(bytes(MB))
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(send, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/x"


async def test_a_hundred_megabytes_never_lie_in_memory(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    async with large_file() as url:
        downloads = Downloads(storage, AllowedPlaces((), url), "token")
        tracemalloc.start()
        try:
            taken = await downloads.fetch(url, Expected(limit=SIZE, length=SIZE))
            read = 0
            async for piece in storage.open(taken.key):
                read += len(piece)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        await downloads.close()
    assert (taken.size, read) == (SIZE, SIZE)
    assert peak < MOST
