"""What MySQL 8 must be able to run: no RETURNING, nothing that only MariaDB or SQLite knows."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Executable, event
from sqlalchemy.dialects import mysql
from sqlalchemy.pool import NullPool
from sqlalchemy.sql.elements import ClauseElement

import waia
from tests.road_world import Inside, inside
from tests.roads.bodies import status, texts, value, webhook
from tests.roads.desk import ana_closes, ana_retries, ana_takes, ana_writes, publish, rule
from tests.roads.invariants import check_invariants
from waia.kit.prepared import Prepared

MYSQL_8: Any = mysql.dialect()
MYSQL_8.server_version_info, MYSQL_8.is_mariadb = (8, 0, 36), False
# What an owner makes, what waits, and what is looked at hourly at most; then parts of a statement.
SMALL = {"reglas", "regla_medias", "ajustes", "account_alerts", "kept_periods", "lanes"}
SELDOM = {"logins", "login_failures", "password_links", "media_files"}
PARTS = {"CONSTANT", "(subquery-1)", "anon_1"}
OTHER_WORDS = ("returning", "on conflict", "nextval", "create sequence", "except all")


def statements() -> Iterator[tuple[str, Executable]]:
    """Every statement that a module of ours keeps, by its name."""
    for module in pkgutil.walk_packages(waia.__path__, "waia."):
        if module.name.endswith("__main__"):
            continue
        names = vars(importlib.import_module(module.name)).items()
        for name, found in names:
            kept = found.items() if isinstance(found, dict) else [("", found)]
            for key, statement in kept:
                if isinstance(statement, Prepared):
                    yield f"{module.name}.{name}", statement.statement("mysql")
                elif isinstance(statement, ClauseElement) and isinstance(statement, Executable) and key != "sqlite":
                    yield f"{module.name}.{name}", statement


def test_every_kept_statement_compiles_for_mysql_8() -> None:
    found = {name: str(statement.compile(dialect=MYSQL_8)).lower() for name, statement in statements()}  # type: ignore[attr-defined]
    assert len(found) > 30
    assert not {name: sql for name, sql in found.items() if any(word in sql for word in OTHER_WORDS)}


async def test_the_road_on_mariadb_uses_nothing_that_mysql_8_does_not_know(tmp_path: Path, mariadb_url: str) -> None:
    async with inside(tmp_path, mariadb_url) as road:
        seen = {statement.lower() for statement in await _whole_road(road)}
        assert not [sql for sql in seen if any(word in sql for word in OTHER_WORDS)]
        await check_invariants(road)


async def test_no_statement_of_the_road_goes_through_a_table_that_grows(tmp_path: Path, sqlite_url: str) -> None:
    """As SQLite would find the rows: what it goes through from end to end costs more with each customer."""
    async with inside(tmp_path, sqlite_url) as road:
        looked_at = [sql for sql in await _whole_road(road) if sql.split()[0] in {"SELECT", "UPDATE", "DELETE"}]
        through = {sql: steps for sql in looked_at if (steps := await _gone_through(road, sql))}
        assert not through


async def _gone_through(road: Inside, statement: str) -> list[str]:
    """Tables from end to end, but for those that stay small."""
    plan = await road.store.rows(f"EXPLAIN QUERY PLAN {statement.replace('?', 'NULL')}")
    scans = [row.detail for row in plan if row.detail.startswith("SCAN ")]
    return [scan for scan in scans if scan.split()[1] not in SMALL | SELDOM | PARTS]


async def _whole_road(road: Inside) -> set[str]:
    """The statements of a talk with a hand-over, a failure, a retry, and reactions of Meta's."""
    seen: set[str] = set()

    def note(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not isinstance(connection.engine.pool, NullPool):  # of the test itself
            seen.add(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        await _talk_of_all_kinds(road)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert len(seen) > 40
    return seen


async def _talk_of_all_kinds(road: Inside) -> None:
    await publish(road, rule("menu_principal", "iniciar", "¡Hola!"), rule("menu_principal", "*", "¿Cómo?"))
    await road.talk("Hola")
    await road.post(texts(("wamid.a", "precio"), ("wamid.b", "envío")))
    await road.post(webhook(value(statuses=[status("wamid.nobody", "failed", code=131026)])))
    await road.post(b"not json at all")
    chat_id: int = await road.store.one("SELECT id FROM chat_state")
    road.world.faults.send.next_codes = [131026]
    message_id = await ana_writes(road, chat_id, "Te ayudo", "c1")
    await road.calm()
    await ana_retries(road, chat_id, message_id)
    await road.world.handset("carla", road.world.sent[-1].pnid).reacts(road.world.sent[-1].wamid, "👍")
    await ana_takes(road, chat_id)
    await ana_closes(road, chat_id)
    await road.calm()
    road.accepted.remove(b"not json at all")
