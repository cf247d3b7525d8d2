"""Lets a migration that was killed on MariaDB/MySQL go on where it stood: there each DDL commits by itself.

Each statement that changes something is noted in `migration_steps` as soon as it is done; a second run passes over
what is noted. The one that was being done when the process died may be done without its note, so it is tried, and
"it is there already" is no error. SQLite needs none of this: a whole upgrade is one transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event, inspect

from waia.kit.failpoints import reach

TABLE, VERSION = "migration_steps", "alembic_version"
DDL, DML = {"CREATE", "ALTER", "DROP", "RENAME"}, {"INSERT", "UPDATE", "DELETE"}
NOTHING = "DO 0"
# Table, column, key or constraint exists already, or is gone already.
DONE_ALREADY = {1050, 1051, 1060, 1061, 1091, 1146, 1359, 1826}


def is_unfinished(connection: Connection) -> bool:
    """Whether an upgrade began here that did not come to its end."""
    return inspect(connection).has_table(TABLE)


@contextmanager
def noting(connection: Connection) -> Iterator[None]:
    """Migrations of the block go on where an earlier run died; at its end the notes are gone."""
    on_sqlite, resumes = connection.dialect.name == "sqlite", is_unfinished(connection)
    if not on_sqlite:
        connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS migration_steps (step INTEGER PRIMARY KEY)")
    done = connection.exec_driver_sql("SELECT count(*) FROM migration_steps").scalar_one() if resumes else 0
    journal = _Journal(done, resumes, on_sqlite)
    event.listen(connection, "before_cursor_execute", journal.before, retval=True)
    event.listen(connection, "after_cursor_execute", journal.after)
    try:
        yield
    finally:
        event.remove(connection, "before_cursor_execute", journal.before)
        event.remove(connection, "after_cursor_execute", journal.after)
    if not on_sqlite:
        connection.exec_driver_sql("DROP TABLE migration_steps")


class _Journal:
    """Counts the changing statements of one migration; the first `done` of them were done by an earlier run."""

    def __init__(self, done: int, resumes: bool, on_sqlite: bool) -> None:
        self.done, self.step, self.resumes, self.on_sqlite = done, 0, resumes, on_sqlite

    def before(
        self, _connection: Connection, cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool
    ) -> tuple[str, Any]:
        if not _is_step(statement):
            return statement, parameters
        reach("migrate.step")
        self.step += 1
        if self.step <= self.done:
            return NOTHING, ()
        was_in_doubt, self.resumes = self.resumes and _word(statement) in DDL, False
        if was_in_doubt:
            _do_unless_done(cursor, statement, parameters)
        return (NOTHING, ()) if was_in_doubt else (statement, parameters)

    def after(
        self, connection: Connection, _cursor: Any, statement: str, _parameters: Any, _context: Any, _many: bool
    ) -> None:
        """A step is noted; the version that ends a migration takes the notes of its steps away."""
        if self.on_sqlite or not (_is_step(statement) or statement == NOTHING or _is_version(statement)):
            return
        notes = connection.connection.cursor()
        if _is_version(statement):
            self.done = self.step = 0
            notes.execute("DELETE FROM migration_steps")
            notes.execute("COMMIT")
        elif self.step > self.done:
            notes.execute("INSERT INTO migration_steps VALUES (%s)", (self.step,))
            if _word(statement) not in DML:
                notes.execute("COMMIT")
            self.done = self.step
        notes.close()


def _do_unless_done(cursor: Any, statement: str, parameters: Any) -> None:
    try:
        cursor.execute(statement, parameters)
    except Exception as error:
        if not error.args or error.args[0] not in DONE_ALREADY:
            raise


def _is_step(statement: str) -> bool:
    return _word(statement) in DDL | DML and VERSION not in statement and TABLE not in statement


def _is_version(statement: str) -> bool:
    return _word(statement) in DML and VERSION in statement


def _word(statement: str) -> str:
    return statement.split(None, 1)[0].upper() if statement.strip() else ""
