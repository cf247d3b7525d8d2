"""Statements that may take too long: given up after so many seconds, on the side of the database."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from waia.kit.db import Transaction

STEPS = 20_000
SHORTEST_S = 0.001
STOPPED = ("interrupted", "vtable constructor failed")  # SQLite, also where the index was just being opened
MARIADB_GAVE_UP, MYSQL_GAVE_UP = 1969, 3024


class TookTooLong(Exception):
    """The database stopped a statement that ran into its deadline."""


@asynccontextmanager
async def within(tx: Transaction, seconds: float) -> AsyncIterator[None]:
    """Raises TookTooLong when a statement of the block is still running then. Only for reading."""
    set_limit = _limit_sqlite if tx.dialect == "sqlite" else _limit_mysql
    await set_limit(tx, max(seconds, SHORTEST_S))
    try:
        yield
    except DBAPIError as error:
        if _gave_up(error):
            raise TookTooLong from None
        raise
    finally:
        await set_limit(tx, 0)


async def _limit_sqlite(tx: Transaction, seconds: float) -> None:
    driver = (await tx.connection.get_raw_connection()).driver_connection
    assert driver is not None
    deadline = time.monotonic() + seconds
    await driver.set_progress_handler((lambda: time.monotonic() > deadline) if seconds else None, STEPS)


async def _limit_mysql(tx: Transaction, seconds: float) -> None:
    """0 takes the limit away. MariaDB counts seconds, MySQL milliseconds."""
    is_mariadb = getattr(tx.connection.dialect, "is_mariadb", False)
    limit = f"max_statement_time = {seconds:.3f}" if is_mariadb else f"max_execution_time = {round(seconds * 1000)}"
    await tx.connection.execute(text(f"SET SESSION {limit}"))


def _gave_up(error: DBAPIError) -> bool:
    original = error.orig
    code = original.args[0] if original is not None and original.args else None
    return code in {MARIADB_GAVE_UP, MYSQL_GAVE_UP} or any(words in str(original) for words in STOPPED)
