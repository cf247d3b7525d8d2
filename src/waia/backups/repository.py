"""All SQL of copies: every table of ours, row by row, out of one moment of either database and into an empty one."""

import re
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from waia.backups.schema import OURS
from waia.kit import migration_journal
from waia.kit.db import Database
from waia.kit.migrate import RESTORE_MARK

INDEXES = ("message_search", "contact_search")
STEPS = migration_journal.TABLE
OF_MIGRATIONS = (migration_journal.VERSION, STEPS)
FILES = "media_files"
# Of one moment or of one browser, and the index of search, which is made anew. Sessions and devices are no part of a
# copy: whoever was signed out, or lost a role since then, must not be back by it.
LEFT_OUT = frozenset(
    {
        *OF_MIGRATIONS, *INDEXES, RESTORE_MARK,
        "logins", "login_failures", "password_links", "push_devices", "panel_looks", "presence", "export_jobs",
    }
)  # fmt: skip
PATIENCE_S = 600  # a server gives up on a reader whose disk is slow
NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
AT_ONCE, LARGE_AT_ONCE = 500, 4
"""Rows that are held in memory; of tables with bytes fewer."""


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` without those that the database computes."""

    name: str
    columns: tuple[str, ...]
    holds_bytes: bool = False


@dataclass(frozen=True, slots=True)
class StoredKeys:
    """What a row of a file says: its bytes and its renditions, and the size of the bytes."""

    keys: tuple[str, ...]
    size: int


class Snapshot:
    """One moment of the database: others go on writing, and none of it is seen here."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._is_sqlite = connection.dialect.name == "sqlite"

    async def revision(self) -> str:
        return str((await self._connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one())

    async def tables(self) -> list[Table]:
        return await tables_of(self._connection)

    async def count(self, table: Table) -> int:
        found = await self._connection.execute(text(f"SELECT count(*) FROM `{table.name}`"))  # noqa: S608  # a name of the database's own
        return int(found.scalar_one())

    async def rows(self, table: Table) -> AsyncIterator[Sequence[Sequence[Any]]]:
        """As the driver gives them, a few at a time."""
        wanted = text(f"SELECT {_listed(table.columns)} FROM `{table.name}`")  # noqa: S608  # names of the database's own
        async for some in self._streamed(wanted, LARGE_AT_ONCE if table.holds_bytes else AT_ONCE):
            yield some

    async def files(self) -> AsyncIterator[StoredKeys]:
        wanted = text("SELECT size, storage_key, thumb_key, playable_key FROM media_files ORDER BY id")
        async for some in self._streamed(wanted, AT_ONCE):
            for size, *keys in some:
                yield StoredKeys(tuple(key for key in keys if key), int(size))

    async def files_told(self) -> tuple[int, int]:
        """How many files and renditions rows know of, and the bytes of the files."""
        told = "SELECT count(storage_key) + count(thumb_key) + count(playable_key), sum(size) FROM media_files"
        files, size = (await self._connection.execute(text(told))).one()
        return int(files or 0), int(size or 0)

    async def bytes(self) -> int:
        """What the rows take where they are."""
        told = _SQLITE_SIZE if self._is_sqlite else _SERVER_SIZE
        return int((await self._connection.execute(told)).scalar_one() or 0)

    async def _streamed(self, wanted: Any, at_once: int) -> AsyncIterator[Sequence[Sequence[Any]]]:
        """SQLAlchemy leaves `yield_per` aside for text, so the size is said twice."""
        held = {"max_row_buffer": at_once}
        async with self._connection.stream(wanted, execution_options=held) as found:
            async for some in found.partitions(at_once):
                yield some


@asynccontextmanager
async def snapshot(database: Database) -> AsyncIterator[Snapshot]:
    if database.is_sqlite:
        async with database.reading() as tx:
            yield Snapshot(tx.connection)
        return
    async with database.engine.connect() as connection:
        await connection.execution_options(isolation_level="REPEATABLE READ")
        await connection.exec_driver_sql(f"SET SESSION net_write_timeout = {PATIENCE_S}")
        await connection.exec_driver_sql("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
        try:
            yield Snapshot(connection)
        finally:
            await connection.rollback()


async def tables_of(connection: AsyncConnection) -> list[Table]:
    """All that are named as ours are, in the order of their names, those of SQLite's indexes of search left aside."""
    statement = _SQLITE_COLUMNS if connection.dialect.name == "sqlite" else _SERVER_COLUMNS
    columns: dict[str, list[str]] = {}
    large: set[str] = set()
    for table, column, kind in await connection.execute(statement):
        if NAME.fullmatch(table) and not table.startswith(tuple(f"{index}_" for index in INDEXES)):
            columns.setdefault(table, []).append(column)
            large |= {table} if "BLOB" in kind.upper() else set()
    return [Table(name, tuple(found), name in large) for name, found in sorted(columns.items())]


class Filling:
    """Writes rows into a database that has its schema and nobody who looks."""

    def __init__(self, connection: AsyncConnection, tables: Iterable[Table]) -> None:
        self._connection, self._tables = connection, {table.name: table for table in tables}
        self._sign = "?" if connection.dialect.name == "sqlite" else "%s"

    def takes(self, table: str, columns: Collection[str]) -> bool:
        """False for a table that is none of ours. Raises KeyError with a column that this schema does not have."""
        if table not in OURS or table not in self._tables or table in LEFT_OUT:
            return False
        for column in columns:
            if column not in self._tables[table].columns:
                raise KeyError(f"{table}.{column}")
        return True

    async def empty(self, table: str) -> None:
        """What migrations put there is in the copy as well, as it became."""
        await self._connection.exec_driver_sql(f"DELETE FROM `{table}`")  # noqa: S608  # a table that `takes`

    async def add(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        signs = ", ".join([self._sign] * len(columns))
        statement = f"INSERT INTO `{table}` ({_listed(columns)}) VALUES ({signs})"  # noqa: S608  # which `takes`
        await self._connection.exec_driver_sql(statement, [tuple(row) for row in rows])

    async def commit(self) -> None:
        await self._connection.commit()


@asynccontextmanager
async def filling(database: Database) -> AsyncIterator[Filling]:
    """References are looked at when all is there. What is not committed at the end is given up."""
    async with database.engine.connect() as connection:
        await _set(connection, ("foreign_keys=OFF", "journal_mode=MEMORY", "synchronous=OFF"), _HASTY)
        try:
            yield Filling(connection, await tables_of(connection))
        finally:
            await connection.rollback()
            if database.is_sqlite:
                await _set(connection, ("foreign_keys=ON",))
            else:
                await connection.invalidate()  # nobody else gets one that looks at no references


async def _set(connection: AsyncConnection, pragmas: Iterable[str], statements: Iterable[str] = ()) -> None:
    """Pragmas count outside of a transaction alone, so they go past SQLAlchemy, which begins one."""
    if connection.dialect.name == "sqlite":
        driver: Any = (await connection.get_raw_connection()).driver_connection
        for pragma in pragmas:
            driver.execute(f"PRAGMA {pragma}")
        return
    for statement in statements:
        await connection.exec_driver_sql(statement)


async def others_connected(database: Database) -> int:
    """To the same database of a server, as far as this user may see: a running waia is among them."""
    async with database.engine.connect() as connection:
        return int((await connection.execute(_OTHERS)).scalar_one())


async def begin_restore(database: Database) -> None:
    """Until `end_restore` this database is nobody's: it holds a part of a copy. All tables of ours are dropped."""
    async with database.engine.connect() as connection:
        await connection.exec_driver_sql(f"CREATE TABLE IF NOT EXISTS {RESTORE_MARK} (id INTEGER PRIMARY KEY)")
        await connection.exec_driver_sql("SET SESSION foreign_key_checks = 0")
        for table in await tables_of(connection):
            if table.name in {*OURS, *INDEXES, *OF_MIGRATIONS}:
                await connection.exec_driver_sql(f"DROP TABLE `{table.name}`")
        await connection.commit()
        await connection.invalidate()


async def end_restore(database: Database) -> None:
    async with database.engine.connect() as connection:
        await connection.exec_driver_sql(f"DROP TABLE {RESTORE_MARK}")
        await connection.commit()


async def damage(database: Database) -> str:
    """What the database itself finds wrong with what it holds; empty when nothing is."""
    async with database.engine.connect() as connection:
        if database.is_sqlite:
            found = (await connection.execute(text("PRAGMA integrity_check"))).scalars().first()
            broken = (await connection.execute(text("PRAGMA foreign_key_check"))).first()
            return "" if found == "ok" and broken is None else f"{found}, {broken}"
        tables = ", ".join(f"`{table.name}`" for table in await tables_of(connection) if table.name in OURS)
        checked = await connection.exec_driver_sql(f"CHECK TABLE {tables}")
        return ", ".join(str(tuple(row)) for row in checked if row[3] != "OK")


_HASTY = (
    "SET SESSION foreign_key_checks = 0, unique_checks = 0",
    "SET SESSION sql_mode = CONCAT(@@sql_mode, ',NO_AUTO_VALUE_ON_ZERO')",
)
_SQLITE_COLUMNS = text(
    """
    SELECT m.name, c.name, c.type FROM sqlite_master m JOIN pragma_table_xinfo(m.name) c
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND c.hidden = 0 ORDER BY m.name, c.cid
    """
)
_SERVER_COLUMNS = text(
    """
    SELECT c.table_name, c.column_name, c.data_type
    FROM information_schema.columns c
    JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
    WHERE c.table_schema = DATABASE() AND t.table_type = 'BASE TABLE'
        AND c.extra NOT LIKE '%VIRTUAL GENERATED%' AND c.extra NOT LIKE '%STORED GENERATED%'
    ORDER BY c.table_name, c.ordinal_position
    """
)
_SQLITE_SIZE = text("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
_SERVER_SIZE = text(
    "SELECT sum(data_length + index_length) FROM information_schema.tables WHERE table_schema = DATABASE()"
)
_OTHERS = text("SELECT count(*) FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()")


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(f"`{column}`" for column in columns)
