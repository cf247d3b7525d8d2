"""The ceilings: a bare Litestar route with the same signature and a one-row group commit, nothing else.

Run as a process: `python -m bench.ceiling PORT DATABASE [GRAPH_PORT]`, a SQLite file or a `mysql://` address. With the
port of a Graph API each body that is stored is answered there, by httpx as it comes.
"""

import asyncio
import hashlib
import hmac
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
import uvicorn
import uvloop
from litestar import Litestar, Request, Response, get, post

from bench.customers import SECRET

MAX_BODIES, AT_ONCE = 200, 40
SIGNATURE = "x-hub-signature-256"
TABLE = "CREATE TABLE IF NOT EXISTS bodies (id INTEGER PRIMARY KEY {}, body {} NOT NULL)"
Bodies = Sequence[tuple[bytes]]
Write = Callable[[Bodies], Awaitable[None]]
waiting: "asyncio.Queue[tuple[bytes, asyncio.Future[None]]]" = asyncio.Queue()
unanswered: "asyncio.Queue[bytes]" = asyncio.Queue()


@post("/webhook", status_code=200)
async def receive(request: Request[Any, Any, Any]) -> Response[str]:
    body = await request.body()
    ours = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(f"sha256={ours}", request.headers.get(SIGNATURE, "")):
        return Response("bad signature", status_code=403)
    stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    waiting.put_nowait((body, stored))
    await stored
    return Response("ok")


@get("/readyz", sync_to_thread=False)
def ready() -> str:
    return "ready"


async def collect(write: Write, *, answers: bool) -> None:
    while True:
        batch = [await waiting.get()]
        while len(batch) < MAX_BODIES and not waiting.empty():
            batch.append(waiting.get_nowait())
        await write([(body,) for body, _ in batch])
        for body, stored in batch:
            if not stored.done():
                stored.set_result(None)
            if answers:
                unanswered.put_nowait(body)


async def answer(client: httpx.AsyncClient) -> None:
    while True:
        value = msgspec.json.decode(await unanswered.get())["entry"][0]["changes"][0]["value"]
        text = {"type": "text", "text": {"body": "Abrimos de lunes a viernes."}}
        to = {"messaging_product": "whatsapp", "to": value["messages"][0]["from"]}
        await client.post("/v23.0/1/messages", json={**to, **text})


async def sqlite_writer(path: str) -> Write:
    connection = sqlite3.connect(path, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(TABLE.format("", "BLOB"))

    def commit(bodies: Bodies) -> None:
        connection.executemany("INSERT INTO bodies (body) VALUES (?)", bodies)
        connection.commit()

    async def write(bodies: Bodies) -> None:
        await asyncio.to_thread(commit, bodies)

    return write


async def mysql_writer(url: str) -> Write:
    import asyncmy

    place = urlsplit(url)
    connection = await asyncmy.connect(
        host=place.hostname, port=place.port, user=place.username, database=place.path.strip("/")
    )
    cursor = connection.cursor()
    await cursor.execute(TABLE.format("AUTO_INCREMENT", "MEDIUMBLOB"))

    async def write(bodies: Bodies) -> None:
        await cursor.executemany("INSERT INTO bodies (body) VALUES (%s)", bodies)
        await connection.commit()

    return write


async def main(port: int, database: str, graph_port: int = 0) -> None:
    @asynccontextmanager
    async def collecting(_: Litestar) -> AsyncIterator[None]:
        write = await (mysql_writer(database) if database.startswith("mysql") else sqlite_writer(database))
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{graph_port}") as client:
            tasks = [asyncio.create_task(collect(write, answers=graph_port > 0))]
            tasks += [asyncio.create_task(answer(client)) for _ in range(AT_ONCE)]
            yield
            for task in tasks:
                task.cancel()

    app = Litestar([receive, ready], lifespan=[collecting], openapi_config=None, logging_config=None)
    config = uvicorn.Config(app, port=port, http="httptools", log_config=None, access_log=False)
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:])))
