"""The connections of the Graph client: kept while they are warm, replaced when the other side ended them."""

import asyncio

import httpx
import pytest

from waia.whatsapp.connections import WarmestFirst

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Desk:
    """Answers everything, counts its connections, and hangs up when asked."""

    def __init__(self) -> None:
        self.lines: list[asyncio.StreamWriter] = []
        self.size = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.lines.append(writer)
        while head := await self._head(reader):
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
            self.size += len(await reader.readexactly(length))
            writer.write(ANSWER)
        writer.close()

    async def _head(self, reader: asyncio.StreamReader) -> bytes:
        try:
            return await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return b""


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_requests_one_after_the_other_share_a_connection(host: str) -> None:
    desk = Desk()
    async with await asyncio.start_server(desk.serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with httpx.AsyncClient(transport=WarmestFirst(), trust_env=False) as http:
            for _ in range(3):
                assert (await http.post(f"http://{host}:{port}/", content=b"hola")).text == "ok"
            assert len(desk.lines) == 1
            together = await asyncio.gather(*(http.get(f"http://{host}:{port}/") for _ in range(4)))
            assert [answer.text for answer in together] == ["ok"] * 4
            assert len(desk.lines) == 4


async def test_a_connection_that_the_other_side_ended_is_replaced() -> None:
    desk = Desk()
    async with await asyncio.start_server(desk.serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with httpx.AsyncClient(transport=WarmestFirst(), trust_env=False) as http:
            await http.get(f"http://127.0.0.1:{port}/")
            desk.lines[0].close()
            await desk.lines[0].wait_closed()
            assert (await http.get(f"http://127.0.0.1:{port}/")).text == "ok"
            assert len(desk.lines) == 2


async def test_a_large_body_arrives_whole() -> None:
    desk, body = Desk(), b"x" * 3_000_000
    async with await asyncio.start_server(desk.serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with httpx.AsyncClient(transport=WarmestFirst(), trust_env=False) as http:
            assert (await http.post(f"http://127.0.0.1:{port}/", content=body)).text == "ok"
    assert desk.size == len(body)
