"""The database of a test, read and changed by plain SQL: as reports and scripts of its owner do."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine
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
        url = make_url(self.url)
        engine = create_async_engine(url.set(drivername=DRIVERS[url.get_backend_name()]), poolclass=NullPool)
        try:
            async with engine.begin() as connection:
                found = await connection.execute(text(sql), values)
                return list(found) if found.returns_rows else []
        finally:
            await engine.dispose()

    async def row(self, sql: str, **values: Any) -> Row[Any]:
        found = await self.rows(sql, **values)
        assert len(found) == 1, f"{len(found)} rows instead of one: {sql}"
        return found[0]

    async def column(self, sql: str, **values: Any) -> list[Any]:
        return [row[0] for row in await self.rows(sql, **values)]

    async def one(self, sql: str, **values: Any) -> Any:
        return (await self.row(sql, **values))[0]
