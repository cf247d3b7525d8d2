"""The database: one writing connection on SQLite, a pool on MariaDB/MySQL; transactions wake others after commit."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from sqlalchemy import bindparam, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from waia.kit import sqlite
from waia.kit.direct import Changed, Direct
from waia.kit.events import Announcement, append
from waia.kit.metrics import QUICK_S, Counter, Histogram
from waia.kit.prepared import Prepared, Values
from waia.kit.wakeups import Wakeups
from waia.kit.write_right import WriteRight
from waia.settings import SettingError

SQLITE_PRAGMAS = ("busy_timeout=5000", "foreign_keys=ON", "trusted_schema=OFF")
SQLITE_WRITES = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=0")  # who writes waits asleep: kit/sqlite.py
# Whoever sees one chat of a hundred reads a thousand scattered pages: mapped, each costs no call to the system.
SQLITE_READS = ("wal_autocheckpoint=0", "query_only=ON", "mmap_size=268435456")
MYSQL_RETRY_CODES = {1205, 1213, 1020, 2006, 2013, 2014}
MAX_TRIES = 5
LONGEST_WORDS = 200
LONGEST_SETUP_S = 3600
YIELD_AFTER_S = 0.005
PIECE = 300
NOTHING: Values = {}
WAITS = Histogram(
    "waia_database_wait_seconds",
    "Until a transaction had its connection, and on SQLite the only right to write",
    QUICK_S,
    "for",
    ("write", "read", "glance"),
)
RETRIES = Counter("waia_database_retries_total", "Transactions run again because the database asked for it")
T = TypeVar("T")


class Transaction:
    """One unit of work. What it announces becomes event rows as its last statement, and wake-ups after commit.

    `attempt` rises from 0 when `Database.run` runs the work again; the commit before may have happened all the same.
    """

    def __init__(self, connection: AsyncConnection, attempt: int = 0) -> None:
        self.connection, self.attempt = connection, attempt
        self.announcements: list[Announcement] = []
        self.topics: set[str] = set()
        self.counts: list[Callable[[], None]] = []
        self._session: AsyncSession | None = None
        self._direct: Direct | None = None
        self._asked = False
        self._yielded_at = time.perf_counter()

    @property
    def session(self) -> AsyncSession:
        """For repositories that want one; it works on the same connection."""
        if self._session is None:
            self._session = AsyncSession(bind=self.connection, expire_on_commit=False, autoflush=True)
        return self._session

    @property
    def dialect(self) -> str:
        """`sqlite` or `mysql` (MariaDB included)."""
        return "sqlite" if self.connection.dialect.name == "sqlite" else "mysql"

    async def execute(self, statement: Any, parameters: Any = None) -> Any:
        await self._let_others_run()
        return await self.connection.execute(statement, parameters)

    async def rows(self, prepared: Prepared, values: Values = NOTHING) -> list[Any]:
        """What a hot statement finds: tuples with the names of its columns."""
        direct = await self._prepare()
        if direct is not None:
            return await direct.rows(prepared, values)
        return list(await self.connection.execute(prepared.statement(self.dialect), values))

    async def change(self, prepared: Prepared, values: Values | Sequence[Values]) -> Changed:
        """Let a hot statement insert, update or delete, once for each of `values`, which have the same names."""
        many = [values] if isinstance(values, Mapping) else values
        direct = await self._prepare()
        if direct is not None:
            return await direct.change(prepared, many)
        done = await self.connection.execute(prepared.statement(self.dialect), many if len(many) > 1 else many[0])
        return Changed(done.rowcount, done.lastrowid if len(many) == 1 else 0)

    async def change_in_pieces(self, prepared: Prepared, rows: Sequence[Values]) -> None:
        """Very many rows: others have their turn in between, because a statement on the event loop never waits."""
        for start in range(0, len(rows), PIECE):
            await self.change(prepared, rows[start : start + PIECE])

    def announce(self, kind: str, chat_id: int | None, ref: str = "") -> None:
        self.announcements.append(Announcement(kind, chat_id, ref))

    def wake(self, topic: str) -> None:
        self.topics.add(topic)

    async def finish(self) -> None:
        if self._session is not None:
            await self._session.flush()
        if self.announcements:
            await append(self, self.announcements)
            self.topics.add("events")

    def count(self, told: Callable[[], None]) -> None:
        """Called once this is committed, and never for a try that was rolled back."""
        self.counts.append(told)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _prepare(self) -> Direct | None:
        await self._let_others_run()
        if not self._asked:
            self._asked, self._direct = True, await Direct.on(self.connection)
        return self._direct

    async def _let_others_run(self) -> None:
        """Statements on the loop never wait, so a long transaction has to make room for requests itself."""
        if time.perf_counter() - self._yielded_at > YIELD_AFTER_S:
            await asyncio.sleep(0)
            self._yielded_at = time.perf_counter()


class Database:
    """Opens transactions. `reading()` never writes; `writing()` is serialised on SQLite (one writer)."""

    def __init__(self, url: str, wakeups: Wakeups, *, pool_size: int = 20, idle_s: float = 30) -> None:
        self.url = _read(url)
        self.wakeups = wakeups
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._right = WriteRight() if self.is_sqlite else None
        if self.is_sqlite:
            self._writer = _sqlite_on_loop(self.url, sqlite.Writing, SQLITE_WRITES)
            self._reader = _sqlite_readers(self.url)
            self._glancer = _sqlite_on_loop(self.url, sqlite.Glancing, SQLITE_READS)
        else:
            from waia.kit import mysql  # its driver takes 3 MB

            self._writer = mysql.engine_for_writing(self.url, pool_size // 2, idle_s, _json)
            self._reader = self._glancer = mysql.engine_for_reading(self.url, pool_size // 2, idle_s, _json)

    @property
    def folder(self) -> Path | None:
        """Where SQLite's file lies; None for a server."""
        return Path(self.url.database or "").parent if self.is_sqlite else None

    @property
    def engine(self) -> AsyncEngine:
        return self._writer

    @property
    def connections_in_use(self) -> dict[str, int]:
        """By what they are for; a server has one pool for all that only reads."""
        found = {"write": _in_use(self._writer), "read": _in_use(self._reader)}
        return {**found, "glance": _in_use(self._glancer)} if self.is_sqlite else found

    def reading(self) -> AbstractAsyncContextManager[Transaction]:
        return self._reading(self._reader, "read")

    def glancing(self) -> AbstractAsyncContextManager[Transaction]:
        """For what loops ask many times a second: a few rows by their key. Anything longer would hold up requests."""
        return self._reading(self._glancer, "glance")

    @asynccontextmanager
    async def writing(self, attempt: int = 0, *, urgent: bool = False) -> AsyncIterator[Transaction]:
        """Commit at the end of the block, roll back on any exception; then wake whoever waits.

        `urgent`: somebody outside gives up soon, so on SQLite it goes before others that stand in line.
        """
        asked_at = time.perf_counter()
        async with self._turn(urgent=urgent), self._writer.connect() as connection:
            WAITS.observe(time.perf_counter() - asked_at, "write")
            transaction = Transaction(connection, attempt)
            try:
                await connection.begin()
                yield transaction
                await transaction.finish()
                await connection.commit()
            except BaseException:
                await connection.rollback()
                raise
            finally:
                await transaction.close()
        for topic in transaction.topics:
            self.wakeups.spread(topic)
        for told in transaction.counts:
            told()

    async def run(self, work: Callable[[Transaction], Awaitable[T]], *, urgent: bool = False) -> T:
        """Run a whole writing function, again (at most 5 times) when the database asks for it (deadlock, busy)."""
        for attempt in range(MAX_TRIES):
            try:
                async with self.writing(attempt, urgent=urgent) as transaction:
                    return await work(transaction)
            except DBAPIError as error:
                if attempt == MAX_TRIES - 1 or not is_retryable(error):
                    raise
            RETRIES.add()
            await asyncio.sleep(random.uniform(0.01, 0.05) * 2**attempt)
        raise AssertionError("unreachable")

    async def close(self) -> None:
        for engine in {self._writer, self._reader, self._glancer}:
            await engine.dispose()

    def _turn(self, *, urgent: bool) -> AbstractAsyncContextManager[None]:
        return nullcontext() if self._right is None else self._right.held(urgent=urgent)

    @asynccontextmanager
    async def _reading(self, engine: AsyncEngine, purpose: str) -> AsyncIterator[Transaction]:
        asked_at = time.perf_counter()
        async with engine.connect() as connection:
            WAITS.observe(time.perf_counter() - asked_at, purpose)
            transaction = Transaction(connection)
            try:
                await connection.begin()
                yield transaction
            finally:
                await transaction.close()
                await connection.rollback()


async def server_variables(tx: Transaction, names: Sequence[str]) -> dict[str, str]:
    """Settings of a MariaDB/MySQL server, as text."""
    wanted = text("SHOW VARIABLES WHERE Variable_name IN :names").bindparams(bindparam("names", expanding=True))
    return {name: str(value) for name, value in await tx.execute(wanted, {"names": list(names)})}


@asynccontextmanager
async def alone(database: Database) -> AsyncIterator[None]:
    """Whoever else wants to set up this database, on whatever machine, waits until the block ends, or its process.

    A data folder with SQLite has one process anyway.
    """
    if database.is_sqlite:
        yield
        return
    async with database.engine.connect() as connection:
        await connection.execute(_STAY_LONGER)
        await connection.execute(_TAKE_TURN)
        await connection.commit()  # the lock stays; a transaction would be ended for saying nothing
        try:
            yield
        finally:
            await connection.invalidate()


async def schema_revisions(tx: Transaction) -> list[str]:
    """Where Alembic stands in this database; nowhere when it never worked here."""
    there = await tx.connection.run_sync(lambda sync: inspect(sync).has_table("alembic_version"))
    return list((await tx.execute(text("SELECT version_num FROM alembic_version"))).scalars()) if there else []


def is_retryable(error: DBAPIError) -> bool:
    """Deadlock, lock wait, a connection that died, SQLite's lock: nothing was committed, or a repeat is harmless."""
    original = error.orig
    code = original.args[0] if original is not None and original.args else None
    return code in MYSQL_RETRY_CODES or "locked" in str(original) or error.connection_invalidated


def is_passing(error: Exception) -> bool:
    """Whether the database or the way to it has a trouble that ends; anything else ails the statement itself."""
    if isinstance(error, DBAPIError):
        return isinstance(error, OperationalError | InterfaceError) or is_retryable(error)
    return isinstance(error, OSError | TimeoutError | PoolTimeoutError)


def is_unusable(error: Exception) -> bool:
    """Whether a command cannot go on because of the database itself: not there, not ours, or no database."""
    return is_passing(error) or "not a database" in str(getattr(error, "orig", ""))


def plain_words(error: Exception) -> str:
    """What the driver or the system said, in one line."""
    cause = getattr(error, "orig", None) or error
    told = cause.args[-1] if cause.args and isinstance(cause.args[-1], str) else str(cause)
    return " ".join(told.split())[:LONGEST_WORDS] or type(cause).__name__


def _read(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        raise SettingError(
            "DATABASE_URL cannot be read: write mysql://user:password@host/name, with %40 for an @ in the password"
        ) from None


def _in_use(engine: AsyncEngine) -> int:
    pool = engine.pool
    return pool.checkedout() if isinstance(pool, AsyncAdaptedQueuePool) else 0


def _sqlite_on_loop(url: URL, kind: type[sqlite.Glancing], pragmas: Sequence[str]) -> AsyncEngine:
    engine = create_async_engine(
        url.set(drivername=sqlite.DRIVER),
        poolclass=AsyncAdaptedQueuePool,
        pool_size=1 if kind is sqlite.Writing else 5,
        max_overflow=0 if kind is sqlite.Writing else 10,
        connect_args={"factory": kind},
        hide_parameters=True,
        json_serializer=_json,
        json_deserializer=msgspec.json.decode,
    )
    _prepare_with(engine, pragmas)
    return engine


def _sqlite_readers(url: URL) -> AsyncEngine:
    """Each connection has a thread: a page may look through many rows."""
    engine = create_async_engine(
        url.set(drivername="sqlite+aiosqlite"),
        poolclass=AsyncAdaptedQueuePool,
        pool_size=5,
        max_overflow=10,
        hide_parameters=True,
        json_serializer=_json,
        json_deserializer=msgspec.json.decode,
    )
    _prepare_with(engine, SQLITE_READS)

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _prepare_with(engine: AsyncEngine, pragmas: Sequence[str]) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(dbapi_connection: Any, _record: object) -> None:
        dbapi_connection.isolation_level = None
        cursor = dbapi_connection.cursor()
        for pragma in (*SQLITE_PRAGMAS, *pragmas):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


_STAY_LONGER = text(f"SET SESSION wait_timeout = {LONGEST_SETUP_S}")
_TAKE_TURN = text(f"SELECT GET_LOCK(LEFT(CONCAT('waia ', DATABASE()), 64), {LONGEST_SETUP_S})")
