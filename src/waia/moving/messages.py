"""Brings over what was said, a thousand messages a transaction, each with its file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from waia.kit.db import Transaction
from waia.media.repository import add_settled
from waia.media.values import MediaState, Reason, address_of
from waia.moving import repository
from waia.moving.chats import places_of
from waia.moving.message_values import Said, said_in
from waia.moving.moments import moment
from waia.moving.move import Move, Place, Reading
from waia.moving.original import OldMessage
from waia.moving.progress import Mark, Stage
from waia.moving.tally import Mend, Tally

AT_ONCE = 1_000
SENT = 1
KIND_OF_FILE = {"voice": "audio"}


@dataclass(frozen=True, slots=True)
class Line:
    row: OldMessage
    said: Said
    at: datetime

    @property
    def file_name(self) -> str:
        """Of a message with a file: as well as it is known."""
        return str(self.said.upload or self.row.media_url or self.row.media_id or self.row.id)


async def bring_messages(move: Move, rule_ids: set[int]) -> None:
    """In the order of their numbers, which is that of time. Behind the last one that is here."""
    while True:
        after, last_at = _position(move.progress.mark(Stage.MESSAGES).position)
        rows = await move.original.messages(after, AT_ONCE)
        if not rows:
            await move.progress.piece(Stage.MESSAGES, _finish(move))
            return
        await _bring(move, rows, last_at, rule_ids)


async def _bring(move: Move, rows: Sequence[OldMessage], last_at: datetime | None, rule_ids: set[int]) -> None:
    twice = await said_twice(move.reading, rows)
    kept = [row for row in rows if row.id not in twice]
    names = {name for row in kept if (name := said_in(row, move.uploads).upload)}
    prepared = await move.shelf.prepare(names)
    places: dict[str | None, Place] = {}
    files: dict[str, int] = {}

    async def work(tx: Transaction, tally: Tally) -> Mark:
        lines = lines_of(move.reading, kept, last_at, tally)
        note(tally, rows, lines, twice, rule_ids, move.now())
        places.update(await places_of(tx, move, {line.row.numero for line in lines}, Tally()))
        files.update(move.shelf.ids | await move.shelf.settle(tx, prepared, move.now()))
        await _write(tx, move, lines, places, files, tally)
        newest = lines[-1].at if lines else last_at
        return Mark(f"{rows[-1].id}|{newest.isoformat() if newest else ''}")

    await move.progress.piece(Stage.MESSAGES, work)
    move.chats.update(places)
    move.shelf.ids.update(files)


def lines_of(reading: Reading, rows: Sequence[OldMessage], last_at: datetime | None, tally: Tally) -> list[Line]:
    """What has no time was said when the one before it was."""
    times = (moment(row.timestamp, reading.zone) for row in rows)
    at = last_at or next((time for time in times if time is not None), reading.now())
    lines = []
    for row in reading.texts.rows(rows, tally):
        found = moment(row.timestamp, reading.zone, at)
        if found is None:
            tally.mend(Mend.NO_TIME, row.id)
        at = found or at
        lines.append(Line(row, said_in(row, reading.uploads), at))
    return lines


async def said_twice(reading: Reading, rows: Sequence[OldMessage]) -> set[int]:
    """Rows that only repeat the words of a voice note, which has them itself (defect B15)."""
    suspects = [row for row in rows if row.tipo == "cliente" and not row.wa_id and row.mensaje]
    if not suspects:
        return set()
    heard = await reading.original.heard(rows[0].id, rows[-1].id)
    return {row.id for row in suspects if (row.numero, row.mensaje) in heard}


def note(
    tally: Tally, rows: Sequence[OldMessage], lines: list[Line], twice: set[int], rule_ids: set[int], now: datetime
) -> None:
    tally.count("messages_read", len(rows))
    for row_id in sorted(twice):
        tally.mend(Mend.SAID_TWICE, row_id)
    for line in lines:
        if not line.row.numero:
            tally.mend(Mend.NO_NUMBER, line.row.id)
        if not line.said.knows_tipo:
            tally.mend(Mend.UNKNOWN_TIPO, f"{line.row.id} {line.row.tipo or 'NULL'}")
        if line.row.regla_id is not None and line.row.regla_id not in rule_ids:
            tally.mend(Mend.RULE_GONE, f"#{line.row.regla_id}")
        if line.at > now:
            tally.mend(Mend.FUTURE, line.row.timestamp)


async def _write(
    tx: Transaction,
    move: Move,
    lines: list[Line],
    places: Mapping[str | None, Place],
    files: Mapping[str, int],
    tally: Tally,
) -> None:
    wamids = [line.row.wa_id for line in lines if line.row.wa_id]
    owners = await repository.owners_of_ids(tx, wamids)
    rows: list[tuple[Line, dict[str, Any]]] = []
    for line in lines:
        owner = owners.get(line.row.wa_id or "")
        if owner is not None and not owner.startswith(move.marks):
            tally.mend(Mend.ALREADY_HERE, line.row.id)
            continue
        row = _row(move, line, places[line.row.numero])
        if owner is not None:
            tally.mend(Mend.REPEATED_ID, line.row.id)
            row["wamid"] = None
        elif row["wamid"]:
            owners[row["wamid"]] = move.mark(line.row.id)
        rows.append((line, row))
    ids = await repository.add_messages(tx, [row for _, row in rows])
    tally.count("messages_new", len(rows))
    await _hang_files(tx, move, [(line, row, ids[row["public_id"]]) for line, row in rows], files, tally)
    received = (row["wamid"] for _, row in rows if row["wamid"] and row["direction"] == "in")
    await repository.add_seen(tx, received, move.now())


def _row(move: Move, line: Line, place: Place) -> dict[str, Any]:
    row, said = line.row, line.said
    return {
        "public_id": uuid4().hex,
        "client_id": move.mark(row.id),
        "chat_id": place.chat_id,
        "wamid": (row.wa_id or "").strip()[:255] or None,
        "quoted_wamid": (row.reply_to_wa_id or "").strip()[:255] or None,
        "numero": place.numero,
        "text": row.mensaje,
        "tipo": row.tipo,
        "media_id": row.media_id,
        "media_url": address_of(uuid4().hex) if said.has_file and not said.link else row.media_url or None,
        "mime_type": row.mime_type,
        "link_url": row.link_url,
        "link_title": row.link_title,
        "link_body": row.link_body,
        "link_thumb": row.link_thumb,
        "step": row.step,
        "rule_id": row.regla_id,
        "timestamp": line.at,
        "received_at": line.at,
        "direction": said.direction,
        "author": said.author,
        "kind": said.kind,
        "details": said.details,
        "status": 0 if said.direction == "in" else SENT,
    }


async def _hang_files(
    tx: Transaction,
    move: Move,
    rows: list[tuple[Line, dict[str, Any], int]],
    files: Mapping[str, int],
    tally: Tally,
) -> None:
    """A file that is not in the folder has its place all the same, and says so."""
    medias = []
    for line, row, message_id in rows:
        if not line.said.has_file or line.said.link:
            continue
        file_id = files.get(line.said.upload or "")
        tally.count("files_here" if file_id else "files_missing")
        if file_id is None and move.uploads.folder is not None:
            tally.mend(Mend.NO_FILE, line.file_name)
        medias.append(_media(move, line, row, message_id, file_id))
    await add_settled(tx, medias, move.now())


def _media(move: Move, line: Line, row: dict[str, Any], message_id: int, file_id: int | None) -> dict[str, Any]:
    here = {"file_id": file_id, "state": MediaState.READY}
    gone = {"state": MediaState.UNAVAILABLE, "reason": Reason.LEFT_BEHIND}
    return {
        "public_id": row["media_url"].rpartition("/")[2],
        "chat_id": row["chat_id"],
        "message_id": message_id,
        "kind": KIND_OF_FILE.get(line.said.kind, line.said.kind),
        "filename": (line.said.upload or "")[:255],
        "mime": (line.row.mime_type or "").partition(";")[0].strip()[:127],
        "graph_id": (line.row.media_id or "")[:255],
        "phone_number_id": move.phone_number_id,
        "voice": line.said.kind == "voice",
        "created_at": line.at,
        "reason": Reason.NONE,
        **(here if file_id is not None else gone),
    }


def _finish(move: Move) -> Any:
    async def work(_tx: Transaction, _tally: Tally) -> Mark:
        return Mark(move.progress.mark(Stage.MESSAGES).position, done=True)

    return work


def _position(written: str) -> tuple[int, datetime | None]:
    """The last message that is here, and when it was said."""
    last_id, _, at = written.partition("|")
    return int(last_id or 0), datetime.fromisoformat(at).astimezone(UTC) if at else None
