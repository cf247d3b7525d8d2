"""What must hold whenever all is calm, whatever happened before: nothing lost, nothing twice unflagged, order kept."""

import json
from collections import Counter
from collections.abc import Iterator

from tests.road_world import Road

TIMELINE = frozenset({"text", "image", "document", "interactive", "button", "location", "contacts", "sticker", "order"})


async def check_invariants(road: Road, *, dead: int = 0) -> None:
    """(a) to (h) of the failure matrix, as far as this road has them. `dead`: poison that the test put in."""
    await _every_accepted_message_is_stored_once(road)
    await _replies_went_out_in_order(road)
    await _nothing_was_accepted_twice_unflagged(road)
    await _nothing_is_held_by_the_dead(road)
    await _no_file_and_no_row_of_one_is_an_orphan(road)
    await _the_database_is_whole(road)
    await _events_have_no_gap(road)
    assert await road.store.one("SELECT count(*) FROM inbox WHERE state = 'dead'") == dead
    await _every_message_was_decided_once(road)


async def _every_accepted_message_is_stored_once(road: Road) -> None:
    stored = Counter(await road.store.column("SELECT wa_id FROM mensajes WHERE wa_id IS NOT NULL"))
    wanted = set(_accepted_messages(road))
    dead = set(await road.store.column("SELECT dedupe_key FROM inbox WHERE state = 'dead'"))
    assert not {wamid for wamid in wanted - dead if stored[wamid] != 1}


def _accepted_messages(road: Road) -> Iterator[str]:
    bodies = [delivery.body for delivery in road.world.deliveries if delivery.accepted]
    for body in [*road.accepted, *bodies]:
        for entry in json.loads(body)["entry"]:
            for change in entry["changes"]:
                for each in change["value"].get("messages", []):
                    if each["type"] in TIMELINE:
                        yield each["id"]


async def _replies_went_out_in_order(road: Road) -> None:
    """What was sent again after a doubt may come late; everything else keeps the order of its chat."""
    rows = await road.store.rows("SELECT chat_id, origin, public_id, resends FROM outbox ORDER BY id")
    first = {opaque: place for place, opaque in reversed(list(enumerate(sent.opaque for sent in road.world.sent)))}
    places: dict[tuple[int, str], list[int]] = {}
    for row in rows:
        if row.public_id in first and row.resends == 0:
            places.setdefault((row.chat_id, row.origin), []).append(first[row.public_id])
    for line, found in places.items():
        assert found == sorted(found), line


async def _nothing_was_accepted_twice_unflagged(road: Road) -> None:
    accepts = Counter(sent.opaque for sent in road.world.sent)
    assert None not in accepts
    flagged = set(await road.store.column("SELECT public_id FROM outbox WHERE possible_duplicate = 1"))
    known = set(await road.store.column("SELECT public_id FROM outbox"))
    assert set(accepts) <= known
    assert not {opaque for opaque, count in accepts.items() if count > 1} - flagged


async def _nothing_is_held_by_the_dead(road: Road) -> None:
    assert await road.store.column("SELECT public_id FROM outbox WHERE state = 'sending'") == []
    assert await road.store.column("SELECT owner FROM lanes WHERE owner <> '' AND queue <> 'media'") == []


async def _no_file_and_no_row_of_one_is_an_orphan(road: Road) -> None:
    """Whatever is ready can be opened, whatever waits has its lane, and each row of a file has somebody who uses it."""
    wrong = """
        SELECT id FROM media WHERE (state = 'ready' AND file_id IS NULL) OR (scope = 'chat' AND message_id IS NULL)
            OR (state = 'pending' AND NOT EXISTS (
                SELECT 1 FROM lanes WHERE queue = 'media' AND lanes.key = CAST(media.id AS CHAR)))
    """
    assert await road.store.column(wrong) == []
    unused = """
        SELECT id FROM media_files f WHERE NOT EXISTS (SELECT 1 FROM media WHERE file_id = f.id)
            AND NOT EXISTS (SELECT 1 FROM regla_medias WHERE file_id = f.id)
            AND NOT EXISTS (SELECT 1 FROM boton_medias WHERE file_id = f.id)
    """
    assert await road.store.column(unused) == []
    assert await road.stored_keys() == await road.known_keys()


async def _the_database_is_whole(road: Road) -> None:
    if road.store.is_sqlite:
        assert await road.store.one("PRAGMA integrity_check") == "ok"
        assert await road.store.rows("PRAGMA foreign_key_check") == []
        return
    tables = await road.store.column("SHOW TABLES")
    found = await road.store.rows(f"CHECK TABLE {', '.join(tables)}")
    assert {row[3] for row in found} == {"OK"}


async def _events_have_no_gap(road: Road) -> None:
    found = await road.store.column("SELECT seq FROM events ORDER BY seq")
    assert found == list(range(1, len(found) + 1))
    assert await road.store.one("SELECT value FROM counters WHERE name = 'events'") == len(found)


async def _every_message_was_decided_once(road: Road) -> None:
    """Each reply belongs to one decision, and no message that the bot may see is left without one."""
    left = "SELECT m.id FROM mensajes m WHERE m.bot_may_run = 1 AND m.decision_id IS NULL"
    assert await road.store.column(left) == []
    keys = await road.store.column("SELECT turn_key FROM decisions")
    assert len(keys) == len(set(keys))
