"""What must exist once: the database itself refuses a second one, and tells capitals apart where Meta does."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from tests.road_world import Inside, inside
from tests.roads.bodies import OTHER_PNID, status, text, value, webhook
from tests.roads.desk import ana_writes
from tests.roads.store import Store
from waia.chats import outbox_repository as outbox
from waia.kit.db import Database
from waia.kit.wakeups import Wakeups
from waia.whatsapp.repository import prune, store_items
from waia.whatsapp.split import split

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=31)
SINGLE: dict[str, tuple[tuple[str, ...], ...]] = {
    "mensajes": (("wa_id",), ("public_id",), ("user_id", "client_id")),
    "mensajes_procesados": (("mensaje_id",),),
    "outbox": (("public_id",), ("idem_key",), ("wamid",)),
    "decisions": (("turn_key",),),
    "status_orphans": (("wamid", "rank"),),
    "events": (("seq",),),
    "lanes": (("queue", "key"),),
}


@pytest.fixture
async def road(tmp_path: Path, database_url: str) -> AsyncIterator[Inside]:
    """Carla was greeted, Ana wrote, a status came of a message that nobody knows, and a lane is put aside."""
    async with inside(tmp_path, database_url) as road:
        await road.talk("Hola")
        await ana_writes(road, 1, "¿En qué te ayudo?", "client-a")
        await road.post(webhook(value(statuses=[status("wamid.strange", "sent")])))
        await road.calm()
        lane = {"queue": "aside", "key": "lane-a", "at": "2099-01-01 00:00:00.000000"}
        await road.store.rows("INSERT INTO lanes (queue, `key`, due_at) VALUES (:queue, :key, :at)", **lane)
        yield road


async def test_the_database_refuses_a_second_one_of_what_must_be_single(road: Inside) -> None:
    """A copy that differs in every key but one is refused; one that differs in all of them, if only in its
    capitals, is another."""
    for table, keys in SINGLE.items():
        for kept in keys:
            with pytest.raises(IntegrityError):
                await insert(road.store, table, await copied(road.store, table, keys, kept))
        await insert(road.store, table, await copied(road.store, table, keys, ()))


async def copied(store: Store, table: str, keys: tuple[tuple[str, ...], ...], kept: tuple[str, ...]) -> dict[str, Any]:
    """A row of the table with everything changed that must be single, except for `kept`."""
    wanted = " AND ".join(f"`{name}` IS NOT NULL" for key in keys for name in key)
    found = dict((await store.rows(f"SELECT * FROM {table} WHERE {wanted} LIMIT 1"))[0]._mapping)
    found.pop("id", None)
    for key in keys:
        if key != kept:
            found[key[-1]] = another(found[key[-1]])
    return found


def another(told: Any) -> Any:
    return told.swapcase() if isinstance(told, str) else told + 1_000


async def insert(store: Store, table: str, row: dict[str, Any]) -> None:
    names, values = ", ".join(f"`{name}`" for name in row), ", ".join(f":{name}" for name in row)
    await store.rows(f"INSERT INTO {table} ({names}) VALUES ({values})", **row)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """With nobody at work."""
    opened = Database(database_url, Wakeups())
    yield opened
    await opened.close()


async def test_what_was_taken_in_once_is_not_put_in_the_inbox_again(database: Database) -> None:
    items = split(webhook(value([text("wamid.1", "Hola")], [status("wamid.0", "read")], pnid=OTHER_PNID))).items
    taken = [await database.run(lambda tx: store_items(tx, items, NOW)) for _ in range(2)]
    assert taken == [2, 0]


async def test_after_a_month_only_what_meta_may_still_repeat_is_remembered(
    database: Database, database_url: str
) -> None:
    """Message ids stay for good: the signature has no time, so anybody may send a body again for years."""
    store, kinds = Store(database_url), [text("wamid.1", "Hola")]
    for told, at in (("wamid.old", LONG_AGO), ("wamid.new", NOW)):
        items = split(webhook(value([text(told, "Hola"), *kinds], [status(told, "read")]))).items
        await database.run(lambda tx, items=items, at=at: store_items(tx, items, at))  # type: ignore[misc]
        row = {"wamid": told, "rank": 1, "error_code": None, "error_text": "", "at": at}
        await database.run(lambda tx, row=row: outbox.park_orphans(tx, [row]))  # type: ignore[misc]
    await database.run(lambda tx: prune(tx, NOW - timedelta(days=30)))
    await database.run(lambda tx: outbox.prune(tx, NOW - timedelta(days=30)))
    kept = await store.column("SELECT mensaje_id FROM mensajes_procesados")
    assert {key.split(":")[0] for key in kept if ":" not in key} == {"wamid.old", "wamid.new", "wamid.1"}
    assert [key.split(":")[1] for key in kept if key.startswith("s:")] == ["wamid.new"]
    assert await store.column("SELECT wamid FROM status_orphans") == ["wamid.new"]
