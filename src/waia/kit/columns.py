"""Column types that mean the same on SQLite and on MariaDB/MySQL, and the base of all mapped classes."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from advanced_alchemy.base import CommonTableAttributes
from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Model(CommonTableAttributes, DeclarativeBase):
    """Base of every mapped class; one metadata, so that one migration history describes the whole schema."""

    __abstract__ = True
    __table_args__: Any = {"mysql_charset": "utf8mb4", "mysql_engine": "InnoDB"}  # noqa: RUF012  # declared so by SQLAlchemy
    metadata = MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC with microseconds; refuses naive values (MariaDB's plain DATETIME would drop the fraction)."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> object:  # type: ignore[override]
        if dialect.name in {"mysql", "mariadb"}:
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime())

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], object]:
        """Whole, instead of a chain of three calls a value: a message has about thirty moments on its way."""
        return _sqlite_text if dialect.name == "sqlite" else _naive

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        return _from_sqlite_text if dialect.name == "sqlite" else _aware


def _naive(value: datetime | None) -> datetime | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return value.astimezone(UTC).replace(tzinfo=None)


def _aware(value: datetime | None) -> datetime | None:
    return None if value is None else value.replace(tzinfo=UTC)


def _sqlite_text(value: datetime | None) -> str | None:
    moment = _naive(value)
    return None if moment is None else moment.isoformat(" ", "microseconds")


def _from_sqlite_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value).replace(tzinfo=UTC)


def binary_text(length: int) -> String:
    """Text compared byte for byte: Meta's ids, tokens, emoji. The default collation would mix them up."""
    return String(length).with_variant(mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin"), "mysql")


def long_text() -> Text:
    """Text of any length (MySQL's TEXT ends at 64 kB)."""
    return Text().with_variant(mysql.MEDIUMTEXT(), "mysql")


def long_bytes() -> LargeBinary:
    return LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql")


def big_id() -> BigInteger:
    """A key that grows; SQLite only counts up plain INTEGER keys."""
    return BigInteger().with_variant(Integer(), "sqlite")
