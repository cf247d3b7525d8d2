"""Statements that SQLite and MariaDB/MySQL spell differently."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Insert, Table
from sqlalchemy.dialects import mysql, sqlite


def table_of(model: Any) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table


def insert_ignore(dialect: str, model: Any) -> Insert:
    """Insert; rows whose unique key exists already are left alone."""
    table = table_of(model)
    if dialect == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return mysql.insert(table).prefix_with("IGNORE")


def upsert(dialect: str, model: Any, key: Sequence[str], columns: Collection[str]) -> Insert:
    """Insert, or set `columns` to the new values where `key` exists."""
    table = table_of(model)
    if dialect == "sqlite":
        statement = sqlite.insert(table)
        return statement.on_conflict_do_update(
            index_elements=[table.c[name] for name in key],
            set_={table.c[name]: statement.excluded[table.c[name].name] for name in columns},
        )
    mysql_statement = mysql.insert(table)
    return mysql_statement.on_duplicate_key_update({name: mysql_statement.inserted[name] for name in columns})
