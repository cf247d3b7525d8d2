"""Bodies published by Meta and by other projects, through the real webhook into the database, as expected.

The folder is not part of the repository; `WAIA_PAYLOADS` names it.
"""

import json
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.road_world import Inside, fresh_sqlite, inside
from tests.roads.invariants import check_invariants

FOLDER = os.environ.get("WAIA_PAYLOADS", "")

if not FOLDER:
    pytest.skip("set WAIA_PAYLOADS to the folder of published payloads", allow_module_level=True)

pytestmark = pytest.mark.asyncio(loop_scope="module")
EXPECTED: dict[str, dict[str, Any]] = json.loads((Path(FOLDER) / "expected.json").read_text("utf-8"))
NUMBERS = sorted({number for wanted in EXPECTED.values() for number in wanted["phone_number_ids"]})
WITH_TEXT = {"text", "image", "video", "document", "button", "button_reply", "list_reply"}
RANKS = {"sent": 1, "delivered": 2, "read": 3, "played": 4, "failed": -1}
EMPTY = ("contacts", "mensajes_procesados", "inbox", "webhook_raw", "account_alerts", "status_orphans", "lanes")
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Inside]:
    folder = tmp_path_factory.mktemp("published")
    url = fresh_sqlite(sqlite_template, folder)
    settings = {"PHONE_NUMBER_ID": ",".join(NUMBERS), "WAIA_CLOCK": START.isoformat()}
    async with inside(folder, url, numbers=NUMBERS, **settings) as road:
        road.world.faults.pair_limit = False
        yield road


@pytest_asyncio.fixture(loop_scope="module")
async def road(shared: Inside) -> Inside:
    """Nothing but the starter flow is in the database, because the samples reuse ids."""
    async with shared.parts.database.writing() as tx:
        for table in EMPTY:
            await tx.connection.exec_driver_sql(f"DELETE FROM {table}")
    shared.accepted.clear()
    shared.world.sent.clear()
    shared.world.deliveries.clear()
    return shared


@pytest.mark.parametrize("name", EXPECTED)
async def test_a_published_body_has_the_effects_that_are_expected(road: Inside, name: str) -> None:
    wanted, body = EXPECTED[name], (Path(FOLDER) / name).read_bytes()
    told = json.loads(body)
    road.parts.clock.advance(time_of(told) - road.parts.clock.business())
    await prepare(road, wanted)
    assert await road.post(body, wanted["signature"][:-1] + "x") == 403
    assert await road.store.one("SELECT count(*) FROM mensajes_procesados") == 0
    status = await road.post(body, wanted["signature"])
    assert status == 200 or (wanted["http"] == "any_non_5xx" and status < 500)
    await road.calm()
    await check_timeline(road, wanted)
    await check_messages(road, wanted)
    await check_changes(road, wanted)
    await check_bot_and_window(road, wanted)
    assert await road.store.one("SELECT count(*) FROM inbox") == 0
    assert await road.store.one("SELECT count(*) FROM webhook_raw") == 0


@pytest.mark.parametrize("name", [name for name in EXPECTED if EXPECTED[name]["group"] in {"text", "batch"}])
async def test_a_published_body_that_comes_twice_counts_once(road: Inside, name: str) -> None:
    wanted, body = EXPECTED[name], (Path(FOLDER) / name).read_bytes()
    road.parts.clock.advance(time_of(json.loads(body)) - road.parts.clock.business())
    for _ in range(2):
        assert await road.post(body, wanted["signature"]) == 200
        await road.calm()
    await check_timeline(road, wanted)
    await check_bot_and_window(road, wanted)
    assert len(await road.store.column("SELECT DISTINCT turn_key FROM decisions")) <= wanted["bot_may_reply"]


async def prepare(road: Inside, wanted: dict[str, Any]) -> None:
    """The messages and contacts that the sample takes for granted."""
    if not wanted["needs"]:
        return
    contact = next((word for word in wanted["needs"].split() if word.isdigit()), "573000000000")
    now = road.parts.clock.business().replace(tzinfo=None).isoformat(" ")
    statements = [
        "INSERT INTO contacts (id, phone, name, created_at) VALUES (1, :phone, 'Antes', :now)",
        "INSERT INTO contact_identities (contact_id, kind, value, open, valid_from)"
        " VALUES (1, 'wa_id', :phone, 1, :now)",
        "INSERT INTO chat_state (id, phone_number_id, contact_id, numero, bot_memory, last_message_at)"
        " VALUES (1, :number, 1, :phone, '{}', :now)",
    ]
    number = next(iter(wanted["phone_number_ids"]), "")
    for statement in statements:
        await road.store.rows(statement, phone=contact, now=now, number=number)
    targets = [each["id"] for each in wanted.get("statuses", [])]
    targets += [each["target"] for part in ("edits", "revokes") for each in wanted.get(part, [])]
    for wamid in dict.fromkeys(targets):
        await road.store.rows(
            "INSERT INTO mensajes (public_id, chat_id, wa_id, mensaje, timestamp, received_at, direction,"
            " author, kind, details) VALUES (:wamid, 1, :wamid, 'antes', :now, :now, :way, :author, 'text', '{}')",
            wamid=wamid, now=now, way="out" if wanted.get("statuses") else "in",
            author="user" if wanted.get("statuses") else "customer",
        )  # fmt: skip


async def check_timeline(road: Inside, wanted: dict[str, Any]) -> None:
    """Everything that must be there, and nothing that must not become a message."""
    parts = ("messages", "system", "echoes")
    ids = {each["id"] for part in parts for each in wanted.get(part, []) if each.get("kind") not in {"edit", "revoke"}}
    ids |= set(wanted.get("history", []))
    found = await road.store.column("SELECT wa_id FROM mensajes WHERE author <> 'bot' AND mensaje <> 'antes'")
    edited = {each["target"] for each in wanted.get("edits", [])}
    assert sorted(set(found) - edited) == sorted(ids)


async def check_messages(road: Inside, wanted: dict[str, Any]) -> None:
    for each in wanted.get("messages", []):
        row = await road.store.row(
            "SELECT m.*, c.contact_id FROM mensajes m JOIN chat_state c ON c.id = m.chat_id WHERE m.wa_id = :id",
            id=each["id"],
        )
        details = json.loads(row.details)
        assert (row.direction, row.author, row.kind) == ("in", "customer", each["kind"])
        if each["kind"] in WITH_TEXT:
            assert row.mensaje == each.get("text", "")
        assert row.reply_to_wa_id == each.get("reply_to")
        assert [error["code"] for error in details.get("errors", [])] == each.get("error_codes", [])
        assert (row.tipo == "referral") == bool(each.get("referral"))
        await check_contact(road, row.contact_id, each)


async def check_contact(road: Inside, contact_id: int, message: dict[str, Any]) -> None:
    contact = await road.store.row("SELECT * FROM contacts WHERE id = :id", id=contact_id)
    ids = set(await road.store.column("SELECT value FROM contact_identities WHERE contact_id = :id", id=contact_id))
    if "group_id" in message:
        assert (contact.kind, ids) == ("group", {message["group_id"]})
        return
    told = message["from"]
    known = {name: told[name] for name in ("wa_id", "user_id", "parent_user_id") if name in told}
    assert set(known.values()) <= ids
    assert contact.name == told.get("name", "")
    assert contact.username == told.get("username", "")


async def check_changes(road: Inside, wanted: dict[str, Any]) -> None:
    reactions = {(row.wamid, row.emoji) for row in await road.store.rows("SELECT wamid, emoji FROM reactions")}
    assert reactions == {(each["target"], each["emoji"]) for each in wanted.get("reactions", []) if each["emoji"]}
    changed = "SELECT wa_id FROM mensajes WHERE {} IS NOT NULL"
    for part, column in (("edits", "edited_at"), ("revokes", "revoked_at")):
        found = await road.store.column(changed.format(column))
        assert found == [each["target"] for each in wanted.get(part, [])]
    for each in wanted.get("statuses", []):
        row = await road.store.row("SELECT status, error_code FROM mensajes WHERE wa_id = :id", id=each["id"])
        assert row.status == RANKS[each["status"]]
        assert row.error_code == next(iter(each.get("error_codes", [])), None)
    echoes = await road.store.column("SELECT wa_id FROM mensajes WHERE author = 'phone' AND direction = 'out'")
    said = [each["id"] for each in wanted.get("echoes", []) if each["kind"] not in {"edit", "revoke"}]
    assert set(said) <= set(echoes)


async def check_bot_and_window(road: Inside, wanted: dict[str, Any]) -> None:
    assert await road.store.one("SELECT count(*) FROM decisions") <= wanted["bot_may_reply"]
    opened = await road.store.one("SELECT count(*) FROM chat_state WHERE window_ends_at IS NOT NULL") > 0
    assert wanted["opens_window"] in {opened, "either"}


async def test_after_all_of_them_the_database_is_whole(road: Inside) -> None:
    await check_invariants(road)


def time_of(told: Any) -> datetime:
    """The newest time in the body: the clock stands there."""
    found = list(times(told))
    return datetime.fromtimestamp(max(found), UTC) if found else START


def times(told: Any) -> Any:
    if isinstance(told, list):
        for each in told:
            yield from times(each)
    elif isinstance(told, dict):
        for key, each in told.items():
            if key == "timestamp" and str(each).isdigit() and "id" in told and len(str(each)) == 10:
                yield int(each)
            else:
                yield from times(each)
