"""Prepared statements on a connection of SQLAlchemy's, past its execution: straight to sqlite3 or asyncmy.

The connection, its transaction and its errors stay SQLAlchemy's. Where somebody listens to statements, or the driver is
another one, SQLAlchemy executes them as it does all others.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from sqlite3 import Cursor
from typing import Any, NoReturn

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from waia.kit.prepared import Prepared, Values

DRIVERS = {"onloop", "asyncmy"}
MOST_CHARACTERS = 1_000_000  # in one trip; a server takes 16 MB, a character four bytes


@dataclass(frozen=True, slots=True)
class Changed:
    """How many rows a statement found to change, and the key of the one that it inserted, if it was one."""

    count: int
    key: int


class Direct:
    """One connection, for one task at a time."""

    def __init__(self, connection: AsyncConnection, driver: Any) -> None:
        self._connection, self._dialect, self._driver = connection, connection.dialect, driver
        self._is_mariadb = getattr(connection.dialect, "is_mariadb", False)

    @classmethod
    async def on(cls, connection: AsyncConnection) -> "Direct | None":
        """None where SQLAlchemy has to execute the statements itself."""
        if connection.dialect.driver not in DRIVERS or connection.engine.sync_engine.dispatch.before_cursor_execute:
            return None
        return cls(connection, (await connection.get_raw_connection()).driver_connection)

    async def rows(self, prepared: Prepared, values: Values) -> list[Any]:
        written = prepared.written(self._dialect, values)
        return written.rows(await self._execute(written.text, written.arguments(values)))

    async def change(self, prepared: Prepared, many: Sequence[Values]) -> Changed:
        written = prepared.written(self._dialect, many[0])
        return await self._change(written.text, [written.arguments(values) for values in many])

    async def _execute(self, text: str, arguments: Sequence[Any]) -> Sequence[Any]:
        try:
            if self._dialect.driver == "onloop":
                return list(self._driver.cursor(Cursor).execute(text, arguments))
            async with self._cursor() as cursor:
                await cursor.execute(text, arguments)
                found: Sequence[Any] = await cursor.fetchall()
                return found
        except BaseException as error:  # noqa: BLE001  # told on, as what SQLAlchemy would have made of it
            await self._fail(error, text)

    async def _change(self, text: str, many: Sequence[Sequence[Any]]) -> Changed:
        try:
            if self._dialect.driver == "onloop":
                cursor: Cursor = self._driver.cursor(Cursor)
                cursor = cursor.execute(text, many[0]) if len(many) == 1 else cursor.executemany(text, many)
                return Changed(cursor.rowcount, cursor.lastrowid or 0)
            async with self._cursor() as found:
                if len(many) == 1:
                    await found.execute(text, many[0])
                    return Changed(found.rowcount, found.lastrowid or 0)
                count = 0
                for some in _in_trips(many):
                    await found.executemany(*(_without_nulls(text, some) if self._is_mariadb else (text, some)))
                    count += found.rowcount
                return Changed(count, 0)
        except BaseException as error:  # noqa: BLE001  # told on, as what SQLAlchemy would have made of it
            await self._fail(error, text)

    def _cursor(self) -> Any:
        """One that prepares what it executes, once a connection (kit/mysql.py)."""
        return self._driver.cursor(self._dialect.loaded_dbapi.asyncmy.cursors.Cursor)

    async def _fail(self, error: BaseException, text: str) -> NoReturn:
        """As SQLAlchemy's own. Who was cancelled in mid-statement leaves a connection that nobody can use any more."""
        if isinstance(error, AttributeError) and self._dialect.driver == "asyncmy":
            error = self._dialect.loaded_dbapi.InternalError("network operation failed")
        if not isinstance(error, Exception):
            await self._connection.invalidate(error)
        if not isinstance(error, self._dialect.loaded_dbapi.Error):
            raise error
        gone = self._dialect.is_disconnect(error, None, None)
        if gone:
            await self._connection.invalidate(error)
        base = self._dialect.loaded_dbapi.Error
        raise DBAPIError.instance(
            text, None, error, base, hide_parameters=True, connection_invalidated=gone, dialect=self._dialect
        ) from error


def _in_trips(many: Sequence[Sequence[Any]]) -> Iterator[Sequence[Sequence[Any]]]:
    size = sum(len(value) for row in many for value in row if type(value) is str or type(value) is bytes)
    if size <= MOST_CHARACTERS or len(many) == 1:
        yield many
        return
    yield from _in_trips(many[: len(many) // 2])
    yield from _in_trips(many[len(many) // 2 :])


def _without_nulls(text: str, many: Sequence[Sequence[Any]]) -> tuple[str, Sequence[Sequence[Any]]]:
    """MariaDB takes rows in one trip when it knows each column's type: one that is NULL in all goes into the text."""
    empty = [column.count(None) == len(many) for column in zip(*many, strict=True)]
    pieces = text.split("%s")
    if not any(empty) or len(pieces) != len(empty) + 1:
        return text, many
    marks = ["NULL" if is_empty else "%s" for is_empty in empty]
    kept = [place for place, is_empty in enumerate(empty) if not is_empty]
    written = "".join(piece + mark for piece, mark in zip(pieces, [*marks, ""], strict=True))
    return written, [[row[place] for place in kept] for row in many]
