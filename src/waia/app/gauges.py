"""All metrics of one installation at the moment of a scrape: what was counted, and what is so now."""

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from importlib.metadata import version

from waia.app import gauges_repository as waits
from waia.app.gauges_repository import Waiting
from waia.app.parts import Parts
from waia.kit.metrics import Family, counted, exposition, gauge
from waia.kit.process import process_families
from waia.workers.loop import BEATS


async def metrics_text(parts: Parts) -> str:
    rows, now = await parts.backlog.look(), parts.clock.real()
    families = [*counted(), *process_families(), *_house(parts, now), *_waiting(rows, now)]
    return exposition(families)


def _house(parts: Parts, now: datetime) -> Iterator[Family]:
    yield _build(parts)
    yield gauge("waia_streams_open", "Pages that listen for live updates", len(parts.live.audience))
    yield gauge(
        "waia_database_connections_in_use", "Connections in use", parts.database.connections_in_use, label="pool"
    )
    yield gauge(
        "waia_send_paused_numbers", "Numbers of ours that send nothing for a while", parts.sender.throttle.paused(now)
    )
    yield gauge("waia_transcription_running", "Voice notes that are being heard now", parts.hearing.running)
    paused_until = parts.ears.breaker.until
    pauses = paused_until is not None and paused_until > now
    yield gauge("waia_transcription_paused", "1 while no voice note is heard because it took too long", int(pauses))
    yield gauge(
        "waia_loop_last_success_timestamp_seconds",
        "When a loop last finished a turn, in seconds since 1970",
        dict(BEATS),
        label="loop",
    )
    if parts.disk.folder is not None:
        yield gauge("waia_disk_free_bytes", "Free space on the disk of the SQLite file", parts.disk.free_bytes())


def _build(parts: Parts) -> Family:
    database = "sqlite" if parts.database.is_sqlite else "mysql"
    told = {"version": version("waia"), "database": database, "python": sys.version.split()[0]}
    return Family("waia_build_info", "gauge", "Which waia this is; always 1", [("", told, 1)])


def _waiting(rows: Sequence[Waiting] | None, now: datetime) -> Iterator[Family]:
    """Nothing but that it is away, where the database did not tell. Every process that shares it tells the same."""
    yield gauge("waia_database_up", "1 when the database answered within two seconds", int(rows is not None))
    if rows is None:
        return
    by = {what: [row for row in rows if row.what == what] for what in dict.fromkeys(row.what for row in rows)}
    most = f"at most {waits.MOST}"
    yield gauge("waia_queue_due", f"Lanes of a queue that are due, {most}", _counts(by[waits.LANES]), "queue")
    late = {row.word: _age_s(row.since, now) for row in by[waits.LANES]}
    yield gauge("waia_queue_lateness_seconds", "Since when the first lane of a queue is due", late, "queue")
    yield gauge(
        "waia_inbox_items", f"What came in and waits, or was given up, {most}", _counts(by[waits.ITEMS]), "state"
    )
    ready = [row for row in by[waits.ITEMS] if row.word == "ready"]
    yield gauge("waia_inbox_oldest_seconds", "Age of the oldest item that waits to be worked", _oldest_s(ready, now))
    yield gauge("waia_outbox_messages", f"Messages that are not out, {most}", _counts(by[waits.MESSAGES]), "state")
    unsent = [row for row in by[waits.MESSAGES] if row.word != "uncertain"]
    yield gauge("waia_outbox_oldest_seconds", "Age of the oldest message that is to be sent", _oldest_s(unsent, now))
    notes = by[waits.NOTES]
    yield gauge("waia_transcription_waiting", f"Voice notes that wait to be heard, {most}", notes[0].count)
    yield gauge("waia_transcription_oldest_seconds", "Age of the oldest voice note that waits", _oldest_s(notes, now))
    yield gauge("waia_exports", "Files of many chats that wait or are being made", _counts(by[waits.EXPORTS]), "state")
    yield gauge("waia_imports", "Sheets that wait or are being looked through", _counts(by[waits.IMPORTS]), "state")


def _counts(rows: Sequence[Waiting]) -> dict[str, float]:
    return {row.word: row.count for row in rows}


def _oldest_s(rows: Sequence[Waiting], now: datetime) -> float:
    return max((_age_s(row.since, now) for row in rows), default=0.0)


def _age_s(since: datetime | None, now: datetime) -> float:
    return max((now - since).total_seconds(), 0.0) if since else 0.0
