"""Sets each chat where the original left it, once its messages are here."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from waia.bot.models import Estado
from waia.chats.record import WINDOW
from waia.kit.db import Transaction
from waia.moving import repository
from waia.moving.chats import in_order, places_of
from waia.moving.moments import moment
from waia.moving.move import Move, Place
from waia.moving.original import OldChat
from waia.moving.progress import Mark, Stage
from waia.moving.state_values import Ends, Times, state_of
from waia.moving.tally import Mend, Tally

AT_ONCE = 200


async def bring_states(move: Move) -> None:
    """A chat in which waia itself has said or heard something stays as it is."""
    numbers = in_order(await move.original.numbers())
    old = {chat.numero: chat for chat in await move.original.all(OldChat)}
    start = move.progress.mark(Stage.STATES).position
    for first in range(0, max(len(numbers), 1), AT_ONCE):
        some = numbers[first : first + AT_ONCE]
        last = first + AT_ONCE >= len(numbers)
        if start and some and (some[-1] or "") <= start and not last:
            continue

        async def work(tx: Transaction, tally: Tally, some: list[str | None] = some, last: bool = last) -> Mark:
            places = await places_of(tx, move, some, Tally())  # counted with the chats
            await _settle(tx, move, places, {numero: old[numero] for numero in some if numero in old}, tally)
            return Mark("" if last else some[-1] or "", done=last)

        await move.progress.piece(Stage.STATES, work)


async def _settle(
    tx: Transaction, move: Move, places: Mapping[str | None, Place], old: Mapping[str | None, OldChat], tally: Tally
) -> None:
    by_chat: dict[int, OldChat] = {}
    for numero, chat in old.items():
        tally.count("states_read")
        chat_id = places[numero].chat_id
        before = by_chat.get(chat_id)
        if before is None or (chat.last_activity or "") > (before.last_activity or ""):
            by_chat[chat_id] = chat
    ids = sorted({place.chat_id for place in places.values()})
    touched = await repository.touched_here(tx, ids, move.marks)
    for chat_id in sorted(touched):
        tally.mend(Mend.NEWER_HERE, f"chat {chat_id}")
    await _save(tx, move, [each for each in ids if each not in touched], by_chat, tally)


async def _save(tx: Transaction, move: Move, ids: list[int], old: Mapping[int, OldChat], tally: Tally) -> None:
    now, found = move.now(), {row.chat_id: row for row in await repository.ends_of(tx, ids)} if ids else {}
    wanted = {each for row in found.values() for each in (row.last_id, row.last_in, row.last_out, row.menu) if each}
    messages = await repository.messages_with(tx, wanted)
    heard = defaultdict[int, list[tuple[int, datetime]]](list)
    for chat_id, message_id, at in await repository.heard_since(tx, ids, now - WINDOW):
        heard[chat_id].append((message_id, at))
    rows = []
    for chat_id in ids:
        ends = _ends(found.get(chat_id), messages, heard[chat_id])
        rows.append({"chat": chat_id, **state_of(old.get(chat_id), ends, _times(move, old.get(chat_id), now))})
        _note(rows[-1], tally)
    await repository.save_states(tx, rows)
    firsts = [{"contact": row.contact_id, "at": row.first_at} for row in found.values()]
    await repository.save_firsts(tx, firsts)
    sessions = [{"chat_id": row["chat"], "started_at": row["last_customer_at"] or now}
                for row in rows if row["session_open"]]  # fmt: skip
    await repository.open_sessions(tx, sessions)


def _times(move: Move, old: OldChat | None, now: datetime) -> Times:
    return Times(
        now=now,
        last_activity=moment(old.last_activity, move.reading.zone) if old else None,
        session_timeout=timedelta(seconds=move.session_timeout_s),
        resume_after=timedelta(hours=move.resume_hours),
    )


def _ends(row: Any, messages: Mapping[int, Any], heard: list[tuple[int, datetime]]) -> Ends:
    if row is None:
        return Ends()
    last, last_in, last_out, menu = (messages.get(each) for each in (row.last_id, row.last_in, row.last_out, row.menu))
    return Ends(last, last_in, last_out, menu, heard)


def _note(row: Mapping[str, Any], tally: Tally) -> None:
    tally.count("chats_set")
    tally.count("chats_waiting", bool(row["unanswered_since"]))
    tally.count("chats_held", row["holder"] == "person")
    if row["estado"] and row["estado"] not in set(Estado):
        tally.mend(Mend.UNKNOWN_ESTADO, row["estado"])
