"""All that is asked of the original's database: what it has, its small tables whole, its large ones page by page.

Nothing is ever written there: the session itself is read-only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, String, cast, column, event, func, inspect, null, select, table, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from waia.moving.original import NEEDED, TABLES, OldMessage, OldProcessed
from waia.settings import SettingError

DRIVERS = {"mysql": "mysql+asyncmy", "mariadb": "mysql+asyncmy", "sqlite": "sqlite+aiosqlite"}
READ_ONLY = {"mysql": "SET SESSION TRANSACTION READ ONLY", "sqlite": "PRAGMA query_only = ON"}
NUMBERED = ("mensajes", "chat_state", "alias", "chat_roles")
TRANSCRIBED_WITHIN = 2_000  # ids between a voice note and the row that repeats its words
T = TypeVar("T", bound=msgspec.Struct)


@dataclass(frozen=True)
class Original:
    """`columns` by table, as they are there."""

    engine: AsyncEngine
    columns: Mapping[str, frozenset[str]]

    async def close(self) -> None:
        await self.engine.dispose()

    @property
    def lacks(self) -> list[str]:
        """Tables and columns that newer versions of the original have."""
        return [
            name if name not in self.columns else f"{name}.{each}"
            for kind, name in TABLES.items()
            for each in (kind.__struct_fields__ if name in self.columns else ("",))
            if each not in self.columns.get(name, ()) and f"{name}.{each}" != "usuarios.rol"
        ]

    async def count(self, kind: type[msgspec.Struct]) -> int:
        name = TABLES[kind]
        if name not in self.columns:
            return 0
        return int((await self._rows(select(func.count()).select_from(table(name))))[0][0])

    async def all(self, kind: type[T]) -> list[T]:
        """A whole table, in the order of its first column; nothing where there is no such table."""
        if TABLES[kind] not in self.columns:
            return []
        first: Any = column(kind.__struct_fields__[0])
        return [_value(kind, row) for row in await self._rows(self._select(kind).order_by(first))]

    async def messages(self, after: int, limit: int) -> list[OldMessage]:
        wanted = self._select(OldMessage).where(column("id") > after).order_by(column("id")).limit(limit)
        return [_value(OldMessage, row) for row in await self._rows(wanted)]

    async def processed(self, after: str, limit: int) -> list[str]:
        """Ids of messages that were handled, in the order of the database's own alphabet."""
        if TABLES[OldProcessed] not in self.columns:
            return []
        key: Any = column("mensaje_id")
        wanted = select(key).select_from(table("mensajes_procesados")).where(key > after).order_by(key).limit(limit)
        return [str(row[0]) for row in await self._rows(wanted)]

    async def heard(self, first: int, last: int) -> set[tuple[str | None, str]]:
        """Number and text of voice notes around these messages: their words may stand in a row of their own, too."""
        if "tipo" not in self.columns["mensajes"]:
            return set()
        wanted: Any = select(column("numero"), column("mensaje")).select_from(table("mensajes"))
        near = column("id").between(first - TRANSCRIBED_WITHIN, last)
        rows = await self._rows(wanted.where(near, column("tipo") == "audio", column("mensaje") != ""))
        return {(row[0], str(row[1])) for row in rows}

    async def numbers(self) -> set[str | None]:
        """Every number that anything belongs to."""
        found: set[str | None] = set()
        for name in NUMBERED:
            if "numero" in self.columns.get(name, ()):
                found |= {
                    row[0] for row in await self._rows(select(column("numero")).select_from(table(name)).distinct())
                }
        return found

    async def highest_rule(self) -> int:
        """The highest number of a rule that any message names."""
        if "regla_id" not in self.columns["mensajes"]:
            return 0
        return int((await self._rows(select(func.max(column("regla_id"))).select_from(table("mensajes"))))[0][0] or 0)

    async def clock(self) -> str:
        """What its server says of the time, for whoever has to know its zone."""
        if self.engine.dialect.name == "sqlite":
            return ""
        now = text("SELECT CAST(NOW() AS CHAR), CAST(UTC_TIMESTAMP() AS CHAR), @@global.time_zone, @@system_time_zone")
        return "its clock says {}, UTC is {}, its zone is {} ({})".format(*(await self._rows(now))[0])

    def _select(self, kind: type[msgspec.Struct]) -> Any:
        """Times as text: the database may hold days that are none."""
        name, there = TABLES[kind], self.columns[TABLES[kind]]
        told: list[Any] = []
        for each in kind.__struct_fields__:
            if each not in there:
                told.append(null().label(each))
            elif each in {"timestamp", "last_activity"}:
                told.append(cast(column(each), String(32)).label(each))
            else:
                told.append(column(each))
        return select(*told).select_from(table(name))

    async def _rows(self, statement: Any) -> list[Any]:
        async with self.engine.connect() as connection:
            return list(await connection.execute(statement))


async def open_original(url: str) -> Original:
    """Raises SettingError with one line when there is no database of the original behind the address."""
    engine = _engine(url)
    try:
        async with engine.connect() as connection:
            columns = await connection.run_sync(_columns)
    except (SQLAlchemyError, OSError) as error:
        await engine.dispose()
        raise SettingError(f"The database to bring over cannot be read: {_told(error)}") from None
    missing = [name for name in NEEDED if "id" not in columns.get(name, ())]
    if missing:
        await engine.dispose()
        raise SettingError(f"This is no database of the original: it has no table {', '.join(missing)}")
    return Original(engine, columns)


def same_database(one: str, other: str) -> bool:
    """Whether two addresses name the same database, whoever signs in. Raises SettingError for what is none."""
    return _place(_parsed(one)) == _place(_parsed(other))


def _parsed(url: str) -> URL:
    try:
        given = make_url(url)
    except ArgumentError:
        given = None
    if given is None or given.get_backend_name() not in DRIVERS:
        raise SettingError("Say where the database is: mysql://user:password@host/name")
    return given


def _place(url: URL) -> tuple[object, ...]:
    return url.get_backend_name(), url.host, url.port or 3306, url.database


def _engine(url: str) -> AsyncEngine:
    """The server converts every text to utf8mb4, whatever its tables are made of."""
    given = _parsed(url)
    driver = DRIVERS[given.get_backend_name()]
    is_sqlite = driver.startswith("sqlite")
    address = given.set(drivername=driver, query={} if is_sqlite else {"charset": "utf8mb4"})
    more: dict[str, Any] = {} if is_sqlite else {"pool_pre_ping": True, "connect_args": {"connect_timeout": 10}}
    engine = create_async_engine(address, hide_parameters=True, **more)

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(dbapi_connection: Any, _record: object) -> None:
        cursor = dbapi_connection.cursor()
        cursor.execute(READ_ONLY["sqlite" if is_sqlite else "mysql"])
        cursor.close()

    return engine


def _columns(connection: Connection) -> dict[str, frozenset[str]]:
    seen = inspect(connection)
    there = set(seen.get_table_names()) & set(TABLES.values())
    return {name: frozenset(str(each["name"]) for each in seen.get_columns(name)) for name in there}


def _value(kind: type[T], row: Any) -> T:
    return kind(*(_cell(value) for value in row))


def _cell(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if value is None or isinstance(value, int | str) else str(value)


def _told(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).splitlines()[0][:200]
