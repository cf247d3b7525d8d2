"""What must hold whenever all is calm, whatever happened before: nothing lost, nothing twice unflagged, order kept.

The letters are those of the failure matrix. Each broken claim says which rows or messages break it.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from tests.road_world import Road
from waia.simulator.records import SentMessage

TIMELINE = frozenset({"text", "image", "document", "interactive", "button", "location", "contacts", "sticker", "order"})
RANKS = {"sent": 1, "delivered": 2, "read": 3, "played": 4}
FAILED = -1
SHOWN = 10


async def check_invariants(road: Road, *, dead: int = 0) -> None:
    """(a) to (h), and what follows from them. `dead`: poison that the test put in."""
    await _a_every_accepted_message_is_stored_once(road)
    await _a_every_message_was_decided_once(road)
    await _b_replies_went_out_in_order(road)
    await _b_replies_follow_the_order_of_what_they_answer(road)
    await _c_nothing_was_accepted_twice_unflagged(road)
    await _c_ticks_are_the_highest_that_meta_told(road)
    await _d_nothing_is_held_or_left_behind(road)
    await _e_every_file_has_its_row(road)
    await _f_the_database_is_whole(road)
    await _g_events_have_no_gap(road)
    await _h_only_the_poison_is_dead(road, dead)


async def _a_every_accepted_message_is_stored_once(road: Road) -> None:
    stored = Counter(await road.store.column("SELECT wa_id FROM mensajes WHERE wa_id IS NOT NULL"))
    dead = set(await road.store.column("SELECT dedupe_key FROM inbox WHERE state = 'dead'"))
    wanted = {each["id"] for value in _accepted_values(road) for each in _timeline(value)} - dead
    _none([wamid for wamid in wanted if stored[wamid] == 0], "(a) answered 200 and lost")
    _none([wamid for wamid in wanted if stored[wamid] > 1], "(a) stored more than once")


async def _a_every_message_was_decided_once(road: Road) -> None:
    """No message that the bot may see is left without a decision, and none has two. A voice note is decided once it
    was heard, so one that nobody has heard yet waits."""
    _none(await road.store.column(_UNDECIDED), "(a) never decided")
    keys = Counter(await road.store.column("SELECT turn_key FROM decisions"))
    _none([key for key, count in keys.items() if count > 1], "(a) decided twice")


async def _b_replies_went_out_in_order(road: Road) -> None:
    """What was sent again after a doubt may come late; everything else keeps the order of its chat."""
    rows = await road.store.rows("SELECT chat_id, origin, public_id, resends FROM outbox ORDER BY id")
    first = _first_places(road)
    places: dict[tuple[int, str], list[int]] = defaultdict(list)
    for row in rows:
        if row.public_id in first and row.resends == 0:
            places[row.chat_id, row.origin].append(first[row.public_id])
    _none([line for line, found in places.items() if found != sorted(found)], "(b) replies out of order in chat")


async def _b_replies_follow_the_order_of_what_they_answer(road: Road) -> None:
    """A turn's key ends with the message that it answers; a later row never answers an earlier message."""
    rows = await road.store.rows("SELECT chat_id, idem_key FROM outbox WHERE idem_key LIKE 'turn:%' ORDER BY id")
    answered: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for row in rows:
        _, _, message, number = row.idem_key.split(":")
        answered[row.chat_id].append((int(message), int(number)))
    _none([chat for chat, found in answered.items() if found != sorted(found)], "(b) answers out of order in chat")


async def _c_nothing_was_accepted_twice_unflagged(road: Road) -> None:
    """Every send belongs to a row; a second one is flagged, and was made only after the first was given up."""
    sent = [each for each in road.world.sent if not _failed(each)]
    accepts = Counter(each.opaque for each in sent)
    rows = {row.public_id: row for row in await road.store.rows(_OUTBOX)}
    _none([each.wamid for each in road.world.sent if each.opaque not in rows], "(c) sent without a row")
    twice = [opaque for opaque, count in accepts.items() if count > 1]
    _none([opaque for opaque in twice if not rows[opaque].possible_duplicate], "(c) accepted twice, not flagged")
    hasty = [opaque for opaque in twice if rows[opaque].resends < accepts[opaque] - 1]
    _none(hasty, "(c) sent again without waiting for its status")


async def _c_ticks_are_the_highest_that_meta_told(road: Road) -> None:
    told: dict[str, set[int]] = defaultdict(set)
    for value in _accepted_values(road):
        for status in value.get("statuses", []):
            told[status["id"]].add(RANKS.get(status["status"], FAILED if status["status"] == "failed" else 0))
    rows = await road.store.rows(_TICKS)
    wrong = [(row.wa_id, row.status) for row in rows if (known := told.get(row.wa_id)) and row.status != _final(known)]
    _none(wrong, "(c) ticks are not those that Meta told")


async def _d_nothing_is_held_or_left_behind(road: Road) -> None:
    """Once idle there is no lease, no row on its way, and no work that nobody will ever look at."""
    on_the_way = "SELECT public_id FROM outbox WHERE state = 'sending'"
    _none(await road.store.column(on_the_way), "(d) on its way for ever")
    leased = "SELECT owner FROM lanes WHERE owner <> '' AND queue <> 'media'"
    _none(await road.store.column(leased), "(d) leased for ever")
    unseen = "SELECT o.public_id FROM outbox o WHERE o.state = 'queued' AND NOT EXISTS (SELECT 1 FROM lanes)"
    _none(await road.store.column(unseen), "(d) queued in a lane that is gone")


async def _e_every_file_has_its_row(road: Road) -> None:
    """Whatever is ready can be opened, whatever waits has its lane, and each row of a file has somebody who uses it."""
    wrong = """
        SELECT id FROM media WHERE (state = 'ready' AND file_id IS NULL) OR (scope = 'chat' AND message_id IS NULL)
            OR (state = 'pending' AND NOT EXISTS (
                SELECT 1 FROM lanes WHERE queue = 'media' AND lanes.key = CAST(media.id AS CHAR)))
    """
    _none(await road.store.column(wrong), "(e) media without a file, a message or a lane")
    unused = """
        SELECT id FROM media_files f WHERE NOT EXISTS (SELECT 1 FROM media WHERE file_id = f.id)
            AND NOT EXISTS (SELECT 1 FROM regla_medias WHERE file_id = f.id)
            AND NOT EXISTS (SELECT 1 FROM boton_medias WHERE file_id = f.id)
    """
    _none(await road.store.column(unused), "(e) files that nobody uses")
    stored, known = await road.stored_keys(), await road.known_keys()
    assert stored == known, f"(e) files on disk and rows differ: {stored ^ known}"


async def _f_the_database_is_whole(road: Road) -> None:
    if road.store.is_sqlite:
        assert await road.store.one("PRAGMA integrity_check") == "ok", "(f) SQLite's file is damaged"
        _none(await road.store.rows("PRAGMA foreign_key_check"), "(f) broken references")
        return
    tables = await road.store.column("SHOW TABLES")
    found = await road.store.rows(f"CHECK TABLE {', '.join(tables)}")
    _none([tuple(row) for row in found if row[3] != "OK"], "(f) damaged tables")


async def _g_events_have_no_gap(road: Road) -> None:
    found = await road.store.column("SELECT seq FROM events ORDER BY seq")
    if found:
        gaps = sorted(set(range(found[0], found[-1] + 1)) - set(found))
        _none(gaps, "(g) numbers missing among the events")
    last = found[-1] if found else 0
    counted = await road.store.one("SELECT value FROM counters WHERE name = 'events'")
    assert counted == last, f"(g) events are counted to {counted}, the last is {last}"


async def _h_only_the_poison_is_dead(road: Road, dead: int) -> None:
    found = await road.store.rows("SELECT id, kind, last_error FROM inbox WHERE state = 'dead'")
    assert len(found) == dead, f"(h) {len(found)} dead items, {dead} expected: {[tuple(row) for row in found[:SHOWN]]}"


def _accepted_values(road: Road) -> Iterator[dict[str, Any]]:
    """The `value` of every change in every webhook that was answered 200."""
    bodies = [delivery.body for delivery in road.world.deliveries if delivery.accepted]
    for body in [*road.accepted, *bodies]:
        for entry in json.loads(body)["entry"]:
            for change in entry["changes"]:
                yield change["value"]


def _timeline(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (each for each in value.get("messages", []) if each["type"] in TIMELINE)


def _first_places(road: Road) -> dict[str | None, int]:
    return {opaque: place for place, opaque in reversed(list(enumerate(sent.opaque for sent in road.world.sent)))}


def _failed(sent: SentMessage) -> bool:
    """Accepted, and told to have failed later: an agent may send it again."""
    return any(each.status == "failed" for each in sent.statuses)


def _final(told: set[int]) -> int:
    """A failure counts only below delivered."""
    highest = max(told)
    return FAILED if FAILED in told and highest < RANKS["delivered"] else highest


def _none(found: list[Any], claim: str) -> None:
    assert not found, f"{claim}: {len(found)}, such as {found[:SHOWN]}"


_UNDECIDED = """
    SELECT m.id FROM mensajes m LEFT JOIN transcripts t ON t.message_id = m.id
    WHERE m.bot_may_run = 1 AND m.decision_id IS NULL
        AND (m.kind NOT IN ('audio', 'voice') OR COALESCE(t.state, 'waiting') <> 'waiting')
"""
_TICKS = """
    SELECT m.wa_id, m.status FROM mensajes m JOIN outbox o ON o.public_id = m.public_id WHERE o.possible_duplicate = 0
"""
_OUTBOX = "SELECT public_id, state, resends, possible_duplicate FROM outbox"
