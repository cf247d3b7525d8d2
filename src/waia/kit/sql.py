"""Statements that SQLite and MariaDB/MySQL spell differently.

SQLAlchemy compiles an insert with a conflict clause anew for every execution, which costs more than the insert. Ours
hold no values of their own, so their name is enough to find the compiled text again.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Insert, Table, insert
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.dialects.mysql.dml import OnDuplicateClause
from sqlalchemy.dialects.sqlite.dml import OnConflictDoNothing, OnConflictDoUpdate
from sqlalchemy.sql.visitors import InternalTraversal

BY_NAME = [("name", InternalTraversal.dp_string)]
Changes = dict[Any, Any]


class _SqliteInsert(sqlite.Insert):
    inherit_cache = True


class _MysqlInsert(mysql.Insert):
    inherit_cache = True


class _DoNothing(OnConflictDoNothing):
    _traverse_internals = BY_NAME
    name = "do nothing"


class _DoUpdate(OnConflictDoUpdate):
    _traverse_internals = BY_NAME
    name: str


class _OnDuplicate(OnDuplicateClause):
    _traverse_internals = BY_NAME
    name: str


def table_of(model: Any) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table


@lru_cache(maxsize=128)
def insert_ignore(dialect: str, model: Any) -> Insert:
    """Insert; rows whose unique key exists already are left alone."""
    table = table_of(model)
    if dialect == "mysql":
        return insert(table).prefix_with("IGNORE")
    statement = _SqliteInsert(table)
    statement._post_values_clause = _DoNothing()
    return statement


@lru_cache(maxsize=128)
def upsert(dialect: str, model: Any, key: tuple[str, ...], columns: tuple[str, ...]) -> Insert:
    """Insert, or set `columns` to the new values where `key` exists."""

    def changes(table: Table, new: Any) -> Changes:
        return {table.c[name]: new[name] for name in columns}

    return insert_or_change(dialect, model, key, changes, name=f"set {columns}")


def insert_or_change(
    dialect: str, model: Any, key: Sequence[str], changes: Callable[[Table, Any], Changes], *, name: str
) -> Insert:
    """Insert, or apply `changes(table, new row)`, without values of their own, in order where `key` exists.

    `name` tells the changes from others of the same table.
    """
    table = table_of(model)
    if dialect == "mysql":
        into_mysql = _MysqlInsert(table)
        found = changes(table, into_mysql.inserted)
        duplicate = _OnDuplicate(into_mysql.inserted_alias, [(column.key, value) for column, value in found.items()])
        duplicate.name, into_mysql._post_values_clause = name, duplicate
        return into_mysql
    into_sqlite = _SqliteInsert(table)
    found = changes(table, into_sqlite.excluded)
    conflict = _DoUpdate(index_elements=[table.c[part] for part in key], set_=found)
    conflict.name, into_sqlite._post_values_clause = name, conflict
    return into_sqlite
