"""SQLite on the event loop, for SQLAlchemy: statements run where they are asked for, waiting never does.

A statement of ours takes microseconds, a hop to a thread and back about a hundred of them. What may take long
leaves the loop: a commit waits for the disk in a thread, and a lock that somebody else holds is waited for asleep.
"""

import asyncio
import sqlite3
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import await_only

DRIVER = "sqlite+onloop"
LOCK_WAIT_S, LOCK_POLL_S = 5.0, 0.01
_COMMITS = ThreadPoolExecutor(1, thread_name_prefix="sqlite-commit")


class _Cursor(sqlite3.Cursor):
    """Reads its rows at once: the transaction may change the table, or end, before they are looked at."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self._rows: deque[Any] = deque()

    def execute(self, statement: str, parameters: Any = ()) -> "_Cursor":
        super().execute(statement, parameters)
        self._rows = deque(super().fetchall() if self.description else ())
        return self

    def fetchone(self) -> Any:
        return self._rows.popleft() if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[Any]:
        wanted = min(size or self.arraysize, len(self._rows))
        return [self._rows.popleft() for _ in range(wanted)]

    def fetchall(self) -> list[Any]:
        rows, self._rows = list(self._rows), deque()
        return rows

    async def _async_soft_close(self) -> None:
        """What SQLAlchemy's asyncio extension asks of a cursor; nothing is open any more."""


class Glancing(sqlite3.Connection):
    """For reading a few rows by their key."""

    start = "BEGIN"
    _changes_before = 0

    def cursor(self, factory: Any = _Cursor) -> Any:
        return super().cursor(factory)

    def begin(self) -> None:
        self.execute(self.start)
        self._changes_before = self.total_changes

    @property
    def has_written(self) -> bool:
        return self.total_changes != self._changes_before


class Writing(Glancing):
    """The one that writes; it has the right to from the start of its transaction."""

    start = "BEGIN IMMEDIATE"


class OnLoopDialect(SQLiteDialect_pysqlite):
    """Python's own sqlite3 under SQLAlchemy's asyncio extension."""

    driver = "onloop"
    is_async = True
    supports_statement_cache = True

    def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        await_only(_nothing())
        cursor.execute(statement, parameters)

    def do_executemany(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        await_only(_nothing())
        cursor.executemany(statement, parameters)

    def do_begin(self, dbapi_connection: Any) -> None:
        await_only(_begun(dbapi_connection))

    def do_commit(self, dbapi_connection: Any) -> None:
        if dbapi_connection.has_written:
            await_only(_in_thread(dbapi_connection.commit))
        else:
            dbapi_connection.commit()


async def _begun(connection: Any) -> None:
    """Take the right to write; whoever has it is another process, and may need a moment."""
    deadline = time.monotonic() + LOCK_WAIT_S
    while True:
        try:
            connection.begin()
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        await asyncio.sleep(LOCK_POLL_S)


async def _in_thread(work: Callable[[], None]) -> None:
    """To the end, also when the caller is cancelled: nobody may touch a connection that is committing."""
    running = asyncio.get_running_loop().run_in_executor(_COMMITS, work)
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise


async def _nothing() -> None:
    """SQLAlchemy's asyncio extension refuses a statement in which nothing was awaited."""


registry.register("sqlite.onloop", __name__, "OnLoopDialect")
