"""MariaDB and MySQL for SQLAlchemy: a pool for what writes, one for what only reads, statements prepared or not.

Each trip to the server costs both sides more than most of our statements do. So a connection is asked whether it still
lives only when nobody used it for a while, what only reads has no transaction to end, and the statements of the hot
paths (kit/direct.py) are prepared once a connection: their rows come in binary, and many rows go in one trip.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from asyncmy.cursors import Cursor
from sqlalchemy import event
from sqlalchemy.dialects.mysql.base import MySQLCompiler
from sqlalchemy.engine import URL
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

LOCK_WAIT_S = 2  # the server would wait 50 s, and a webhook is promised an answer in 3
PREPARED = 200  # statements a connection; the server has room for 16,382
PING_AFTER_S = 1.0
Encode = Callable[[object], str]


class _Plain(Cursor):
    """For statements that are not repeated: preparing them would be one trip more."""

    async def execute(self, query: str, args: Any = None) -> Any:
        return await super().execute(query if args is None else self.mogrify(query, args))

    async def _show_warnings(self, _connection: object) -> None:
        """Not fetched: a trip more, for lines about keys that have no names there and rows that were there already."""


class _Unlocked(MySQLCompiler):
    """What asks for a lock where it writes only looks where it reads, as on SQLite: the server refuses the lock."""

    def for_update_clause(self, select: Any, **kw: Any) -> str:
        return ""


def engine_for_writing(url: URL, pool_size: int, idle_s: float, encode: Encode) -> AsyncEngine:
    """The server ends a transaction that says nothing for `idle_s`: a machine that stands still holds nobody up."""
    return _engine(url, pool_size, idle_s, encode, isolation_level="READ COMMITTED")


def engine_for_reading(url: URL, pool_size: int, idle_s: float, encode: Encode) -> AsyncEngine:
    """Each statement sees what is committed, as within READ COMMITTED, and leaves nothing to end; none can write."""
    own = {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True}
    engine = _engine(url, pool_size, idle_s, encode, "SET SESSION TRANSACTION READ ONLY", **own)
    engine.dialect.statement_compiler = _Unlocked
    return engine


def _engine(url: URL, pool_size: int, idle_s: float, encode: Encode, *first: str, **more: Any) -> AsyncEngine:
    """`first`: statements for each new connection."""
    engine = create_async_engine(
        url.set(drivername="mysql+asyncmy").update_query_dict({"charset": "utf8mb4"}),
        pool_size=pool_size,
        max_overflow=0,
        pool_reset_on_return=None,  # SQLAlchemy itself rolls back what is open; after a commit nothing is
        pool_recycle=1800,
        pool_timeout=3,
        connect_args={
            "connect_timeout": 3,
            "init_command": f"SET SESSION innodb_lock_wait_timeout = {LOCK_WAIT_S}",
            "stmt_cache_size": PREPARED,
            "cursor_cls": _Plain,
        },
        hide_parameters=True,  # they hold people's words, and errors are logged
        json_serializer=encode,
        json_deserializer=msgspec.json.decode,
        **more,
    )
    _listen(engine, idle_s, first)
    return engine


def _listen(engine: AsyncEngine, idle_s: float, first: Sequence[str]) -> None:
    dialect = engine.dialect

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(dbapi_connection: Any, _record: object) -> None:
        cursor = dbapi_connection.cursor()
        cursor.execute("SELECT VERSION()")
        is_mariadb = "MariaDB" in cursor.fetchone()[0]
        name = "idle_transaction_timeout" if is_mariadb else "wait_timeout"  # MySQL knows no other; idle ones reconnect
        for statement in (f"SET SESSION {name} = {max(round(idle_s), 1)}", *first):
            cursor.execute(statement)
        cursor.close()

    @event.listens_for(engine.sync_engine, "checkin")
    def _rest(_connection: object, record: Any) -> None:
        record.info["rests_since"] = time.monotonic()

    @event.listens_for(engine.sync_engine, "checkout")
    def _look(dbapi_connection: Any, record: Any, _proxy: object) -> None:
        since = record.info.get("rests_since")
        if since is None or time.monotonic() - since < PING_AFTER_S:
            return
        try:
            dialect.do_ping(dbapi_connection)
        except dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error
