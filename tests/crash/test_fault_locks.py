"""Locks that others hold, and deadlocks: wait a little, run the whole transaction again, 503 in time, reads go on."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import Pool

from tests.crash.fault_world import Meta, admins_signed_in, browser, quiet_body, stored_wamids
from tests.road_world import Inside, eventually, inside, served
from tests.roads.desk import ana_takes, ana_writes
from tests.roads.invariants import check_invariants
from tests.roads.store import Store
from waia.kit.db import Database, Transaction
from waia.kit.wakeups import Wakeups

PROMISED_S, MOMENT_S, LONG_S, OTHERS_WAIT_S = 3.0, 2.0, 6.0, 30.0
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
MARKED = "UPDATE counters SET value = value + 1 WHERE name = :name"
REFUSES_BAD = """
    CREATE TRIGGER bad BEFORE INSERT ON inbox WHEN NEW.dedupe_key = 'wamid.bad' BEGIN SELECT RAISE(ABORT, 'bad'); END
"""


@contextmanager
def write_lock(path: Path) -> Iterator[sqlite3.Connection]:
    """Another process that may write, and nobody else."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield other
    finally:
        other.close()


async def test_a_lock_of_two_seconds_is_waited_for(tmp_path: Path, sqlite_url: str) -> None:
    """F12, SQLITE_BUSY."""
    async with served(tmp_path, sqlite_url) as road:
        meta = Meta(road)
        with write_lock(tmp_path / "waia.db") as other:
            asyncio.get_running_loop().call_later(MOMENT_S, other.rollback)
            assert await asyncio.gather(*(meta.once(quiet_body(f"wamid.{n}")) for n in range(5))) == [200] * 5
            assert meta.slowest_s > MOMENT_S / 2, "the lock was held meanwhile"
        await road.calm()
        await check_invariants(road)


async def test_a_lock_that_stays_is_503_in_three_seconds_and_pages_are_read_meanwhile(
    tmp_path: Path, sqlite_url: str
) -> None:
    """F13. Whoever was last seen long ago is read for too, although that is usually noted down."""
    async with served(tmp_path, sqlite_url) as road:
        road.world.postman.subscribed = False
        [token] = await admins_signed_in(road, 1, last_seen=recent(minutes=5))
        meta, loop = Meta(road), asyncio.get_running_loop()
        with write_lock(tmp_path / "waia.db") as other:
            released = loop.time() + LONG_S
            loop.call_at(released, other.rollback)
            answers = asyncio.gather(*(meta.once(quiet_body(f"wamid.{n}")) for n in range(5)))
            async with browser(road.waia, token) as ana:
                asked = time.monotonic()
                for path in ("/", "/login", "/readyz"):
                    assert (await ana.get(path)).status_code in {200, 303}
                assert time.monotonic() - asked < MOMENT_S
                assert (await ana.get("/")).status_code == 200
            assert await answers == [503] * 5
            assert meta.slowest_s < PROMISED_S + 2
            await asyncio.sleep(max(0.0, released - loop.time()))
        assert await asyncio.gather(*(meta.once(quiet_body(f"wamid.{n}")) for n in range(5))) == [200] * 5
        await road.calm()
        assert await stored_wamids(road) == {f"wamid.{n}" for n in range(5)}
        await check_invariants(road)


async def test_a_body_that_cannot_be_stored_does_not_sink_those_beside_it(tmp_path: Path, sqlite_url: str) -> None:
    """They are written together, and a trigger of the database refuses one of them."""
    async with inside(tmp_path, sqlite_url) as road:
        await road.store.rows(REFUSES_BAD)
        meta, names = Meta(road), ("first", "a", "bad", "b", "c")
        with write_lock(tmp_path / "waia.db") as other:
            posts = asyncio.gather(*(meta.once(quiet_body(f"wamid.{name}")) for name in names))
            asyncio.get_running_loop().call_later(MOMENT_S / 4, other.rollback)
            answers = dict(zip(names, await posts, strict=True))
        assert answers == dict.fromkeys(names, 200) | {"bad": 503}
        await road.calm()
        assert await stored_wamids(road) == {"wamid.first", "wamid.a", "wamid.b", "wamid.c"}
        await check_invariants(road)


def recent(minutes: int) -> str:
    at = time.gmtime(time.time() - minutes * 60)
    return time.strftime("%Y-%m-%d %H:%M:%S.000000", at)


class Spy:
    """Reads every statement of every SQLite connection of a pool, and how its transaction began."""

    def __init__(self) -> None:
        self.transactions, self.offences = 0, list[str]()
        self._began: dict[int, str] = {}

    def watch(self, dbapi_connection: Any, _record: object) -> None:
        heard = self._hear(id(dbapi_connection))
        if isinstance(dbapi_connection, sqlite3.Connection):
            dbapi_connection.set_trace_callback(heard)
        elif hasattr(dbapi_connection, "run_async"):
            dbapi_connection.run_async(lambda connection: connection.set_trace_callback(heard))

    def _hear(self, key: int) -> Any:
        def hear(statement: str) -> None:
            word = statement.lstrip().split(None, 1)[0].upper()
            if word == "BEGIN":
                self._began[key] = statement.upper()
            elif word in {"COMMIT", "ROLLBACK"}:
                self.transactions += "IMMEDIATE" in self._began.pop(key, "")
            elif word in WRITES and "IMMEDIATE" not in self._began.get(key, ""):
                self.offences.append(statement[:100])

        return hear


@asynccontextmanager
async def spying() -> AsyncIterator[Spy]:
    spy = Spy()
    event.listen(Pool, "connect", spy.watch)
    try:
        yield spy
    finally:
        event.remove(Pool, "connect", spy.watch)


async def test_every_transaction_that_writes_says_so_at_its_start(tmp_path: Path, sqlite_url: str) -> None:
    """F14: a reading transaction that begins to write fails at once when another wrote meanwhile."""
    async with spying() as spy, inside(tmp_path, sqlite_url) as road:
        await road.talk("Hola")
        chat_id: int = await road.store.one("SELECT id FROM chat_state")
        await ana_writes(road, chat_id, "Te ayudo", "c1")
        await ana_takes(road, chat_id)
        await road.calm()
        assert spy.transactions > 5
        assert spy.offences == []


@pytest.fixture
async def database(mariadb_url: str) -> AsyncIterator[Database]:
    opened = Database(mariadb_url, Wakeups())
    async with opened.writing() as tx:
        await tx.execute(text("INSERT INTO counters (name, value) VALUES ('a', 0), ('b', 0)"))
    yield opened
    await opened.close()


async def test_a_deadlock_runs_the_whole_transaction_again(database: Database) -> None:
    """F12, 1213: two take the same rows in opposite order, and the server gives one of them up."""
    tries: list[str] = []
    both = asyncio.Barrier(2)

    async def take(tx: Transaction, names: str) -> None:
        tries.append(names)
        await tx.execute(text(MARKED), {"name": names[0]})
        if len(tries) <= 2:
            await both.wait()
        await tx.execute(text(MARKED), {"name": names[1]})

    await asyncio.gather(database.run(lambda tx: take(tx, "ab")), database.run(lambda tx: take(tx, "ba")))
    assert len(tries) == 3
    assert await Store(database.url.render_as_string(hide_password=False)).column(
        "SELECT value FROM counters WHERE name IN ('a', 'b')"
    ) == [2, 2]


async def test_a_row_that_stays_locked_is_503_in_three_seconds_and_others_go_on(
    tmp_path: Path, mariadb_url: str
) -> None:
    """F12, 1205: the server would wait fifty seconds, and everybody else with it."""
    async with inside(tmp_path, mariadb_url) as road:
        meta = Meta(road)
        async with locked_id(mariadb_url, "wamid.locked"):
            assert await meta.once(quiet_body("wamid.locked")) == 503
            assert meta.slowest_s < PROMISED_S + 2
            await eventually(lambda: is_taken(road, "wamid.free"), "others are taken", OTHERS_WAIT_S)
        await meta.insist(quiet_body("wamid.locked"))
        await road.calm()
        assert await stored_wamids(road) >= {"wamid.locked", "wamid.free"}
        await check_invariants(road)


@asynccontextmanager
async def locked_id(url: str, wamid: str) -> AsyncIterator[None]:
    """Another process that stores the same webhook, has not committed yet, and gives up in the end."""
    row = "INSERT INTO mensajes_procesados (mensaje_id, seen_at, ingress) VALUES (:key, '2026-11-22', 'x')"
    engine = create_async_engine(url.replace("mysql:", "mysql+asyncmy:"))
    async with engine.connect() as connection:
        await connection.execute(text(row), {"key": wamid})
        yield
        await connection.rollback()
    await engine.dispose()


async def is_taken(road: Inside, wamid: str) -> bool:
    return await Meta(road).once(quiet_body(wamid)) == 200
