"""The database of a test, read and changed by plain SQL: as reports and scripts of its owner do."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

DRIVERS = {"sqlite": "sqlite+aiosqlite", "mysql": "mysql+asyncmy"}


@dataclass(frozen=True)
class Store:
    url: str

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    async def rows(self, sql: str, **values: Any) -> list[Row[Any]]:
        """What the statement finds; a statement that changes something is committed."""
        async with _engine(self.url).begin() as connection:
            found = await connection.execute(text(sql), values)
            return list(found) if found.returns_rows else []

    async def row(self, sql: str, **values: Any) -> Row[Any]:
        found = await self.rows(sql, **values)
        assert len(found) == 1, f"{len(found)} rows instead of one: {sql}"
        return found[0]

    async def column(self, sql: str, **values: Any) -> list[Any]:
        return [row[0] for row in await self.rows(sql, **values)]

    async def one(self, sql: str, **values: Any) -> Any:
        return (await self.row(sql, **values))[0]


@lru_cache(maxsize=8)
def _engine(address: str) -> AsyncEngine:
    """It keeps no connection, so that nobody has to close it and every loop may use it."""
    url = make_url(address)
    return create_async_engine(url.set(drivername=DRIVERS[url.get_backend_name()]), poolclass=NullPool)


def elsewhere(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Runs it to the end while everything here stands still: what another process did in the meantime."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work()).result()
