"""The ceiling of the webhook: a bare Litestar route with the same signature and a one-row group commit, nothing else.

Run as a process: `python -m bench.ceiling PORT DATABASE`, a SQLite file or a `mysql://` address.
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

import uvicorn
import uvloop
from litestar import Litestar, Request, Response, get, post

from bench.customers import SECRET

MAX_BODIES = 200
SIGNATURE = "x-hub-signature-256"
TABLE = "CREATE TABLE IF NOT EXISTS bodies (id INTEGER PRIMARY KEY {}, body {} NOT NULL)"
Bodies = Sequence[tuple[bytes]]
Write = Callable[[Bodies], Awaitable[None]]
waiting: "asyncio.Queue[tuple[bytes, asyncio.Future[None]]]" = asyncio.Queue()


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


async def collect(write: Write) -> None:
    while True:
        batch = [await waiting.get()]
        while len(batch) < MAX_BODIES and not waiting.empty():
            batch.append(waiting.get_nowait())
        await write([(body,) for body, _ in batch])
        for _, stored in batch:
            if not stored.done():
                stored.set_result(None)


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


async def main(port: int, database: str) -> None:
    @asynccontextmanager
    async def collecting(_: Litestar) -> AsyncIterator[None]:
        write = await (mysql_writer(database) if database.startswith("mysql") else sqlite_writer(database))
        task = asyncio.create_task(collect(write))
        yield
        task.cancel()

    app = Litestar([receive, ready], lifespan=[collecting], openapi_config=None, logging_config=None)
    config = uvicorn.Config(app, port=port, http="httptools", log_config=None, access_log=False)
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), sys.argv[2]))
