"""What waits, read at most every few seconds however often it is asked for, and without holding anybody up."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from sqlalchemy.exc import SQLAlchemyError

from waia.app.gauges_repository import Waiting, everything_that_waits
from waia.kit.clock import Clock
from waia.kit.db import Database
from waia.kit.deadline import TookTooLong, within
from waia.kit.logs import cause

FRESH_S, STATEMENT_S, ALL_S = 5.0, 1.0, 2.0
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Backlog:
    """`rows` None: the database did not tell within two seconds."""

    database: Database
    clock: Clock
    fresh_s: float = FRESH_S
    rows: Sequence[Waiting] | None = None
    _read_at: float = float("-inf")
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def look(self) -> Sequence[Waiting] | None:
        async with self._reading:
            if time.monotonic() - self._read_at > self.fresh_s:
                self.rows = await self._read()
                self._read_at = time.monotonic()
        return self.rows

    async def _read(self) -> Sequence[Waiting] | None:
        try:
            async with asyncio.timeout(ALL_S), self.database.reading() as tx, within(tx, STATEMENT_S):
                return await everything_that_waits(tx, self.clock.real())
        except (SQLAlchemyError, OSError, TimeoutError, TookTooLong) as error:
            log.warning("backlog_not_read", **cause(error))
            return None
