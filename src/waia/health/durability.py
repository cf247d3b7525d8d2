"""200 means stored, also after a power loss: whether the database server keeps that promise when it commits."""

from waia.kit.db import Database, server_variables
from waia.settings import SettingError, Settings

LOG, BINLOG, BINLOG_IN_USE = "innodb_flush_log_at_trx_commit", "sync_binlog", "log_bin"


async def lossy_variables(database: Database) -> dict[str, str]:
    """Variables of MariaDB/MySQL that should be 1 and are not, with their values; none on SQLite.

    The binary log decides what survives a crash when there is one, so it has to be as safe as InnoDB's log.
    """
    if database.is_sqlite:
        return {}
    async with database.reading() as tx:
        values = await server_variables(tx, [LOG, BINLOG, BINLOG_IN_USE])
    needed = [LOG, BINLOG] if values.get(BINLOG_IN_USE) == "ON" else [LOG]
    return {name: values.get(name, "unknown") for name in needed if values.get(name) != "1"}


async def require_durability(database: Database, settings: Settings) -> None:
    """Raises SettingError when a committed message could be lost and nobody said that this is fine."""
    lossy = {} if settings.db_durability == "relaxed" else await lossy_variables(database)
    for name, value in lossy.items():
        raise SettingError(
            f"The database server may lose committed messages ({name} is {value}): set {name} = 1 there,"
            " or DB_DURABILITY=relaxed if replicas make up for it"
        )
