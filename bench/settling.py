"""After much was written, MariaDB writes pages out and tidies up for a while; figures shall not be those of that."""

import asyncio
import time

from sqlalchemy import bindparam, text

from waia.kit.db import Database, server_variables

CLEAN, PATIENCE_S, LOOK_EVERY_S = "innodb_max_dirty_pages_pct", 120.0, 0.2
LEFT = {"Innodb_buffer_pool_pages_dirty": 200, "Innodb_history_list_length": 500}
STATUS = text("SHOW GLOBAL STATUS WHERE Variable_name IN :names").bindparams(bindparam("names", expanding=True))


async def settle(database: Database) -> None:
    """Nothing to wait for on SQLite, which writes everything at once."""
    if database.is_sqlite:
        return
    async with database.writing() as tx:
        before = (await server_variables(tx, [CLEAN]))[CLEAN]
        await tx.execute(text(f"SET GLOBAL {CLEAN} = 0"))
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        async with database.reading() as tx:
            found = {name: int(value) for name, value in await tx.execute(STATUS, {"names": list(LEFT)})}
        if all(found[name] <= most for name, most in LEFT.items()):
            break
        await asyncio.sleep(LOOK_EVERY_S)
    async with database.writing() as tx:
        await tx.execute(text(f"SET GLOBAL {CLEAN} = {before}"))
