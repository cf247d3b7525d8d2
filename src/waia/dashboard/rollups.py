"""Keeps the roll-ups: follows the event log, which tells in commit order what changed, and counts those chats anew
from that day on. The same count any number of times gives the same figures, so a lost or repeated event does no harm.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

import msgspec

from waia.dashboard import rollup_repository as repository
from waia.dashboard.counting import Basis, Counted, DayCount, Key, count, open_s
from waia.dashboard.models import HOURS
from waia.dashboard.rollup_repository import OldDay, State, tops_of
from waia.dashboard.timeline import Carry, Conversation, Moved, Said
from waia.kit.clock import Clock
from waia.kit.db import Database, Transaction
from waia.kit.events import LoggedEvent, read_after

VERSION = 1
EVENTS_AT_ONCE, CHATS_AT_ONCE = 500, 25
A_BURST = timedelta(minutes=10)
BEGINNING = date(1970, 1, 2)


class Work(StrEnum):
    """What a step had to do; nothing is false."""

    NOTHING = ""
    NEWS = "news"
    HISTORY = "history"


@dataclass(frozen=True, slots=True)
class Change:
    """What counting these chats anew, each from its day on, comes to: rows, and whether any figure is another."""

    since: Mapping[int, date]
    days: list[dict[str, Any]]
    conversations: list[dict[str, Any]]
    messages: list[dict[str, Any]]
    figures: list[dict[str, Any]]
    tops: list[dict[str, Any]]

    @property
    def is_news(self) -> bool:
        return bool(self.messages or self.figures)


@dataclass(frozen=True, slots=True)
class Told:
    """By chat, what it said and what became of it, from where it went on; and what it added before."""

    said: Mapping[int, Sequence[Said]]
    moved: Mapping[int, Sequence[Moved]]
    carries: Mapping[int, Carry]
    before: Sequence[OldDay]


@dataclass(frozen=True, slots=True)
class Rollups:
    """One per process. Several processes may count: each change is made once, by whoever is first."""

    database: Database
    clock: Clock

    async def step(self, basis: Basis) -> Work:
        """Count some of what is new, and of the history while it is not all counted."""
        async with self.database.reading() as tx:
            state = await repository.state(tx)
            known = (
                state is not None
                and state.basis == _name(basis)
                and not await repository.gap_after(tx, state.event_seq)
            )
            events = await read_after(tx, state.event_seq, EVENTS_AT_ONCE) if state and known else []
        if state is None or not known:
            await self.begin_anew(basis)
            return Work.HISTORY
        if events:
            state = await self._follow(state, events, basis)
        if state.next_chat_id is not None:
            await self._go_through(state, state.next_chat_id, basis)
            return Work.HISTORY
        return Work.NEWS if events else Work.NOTHING

    async def begin_anew(self, basis: Basis) -> None:
        """All figures are counted again from the history; the board says how far it is."""
        await self.database.run(partial(repository.begin_anew, basis=_name(basis), now=self.clock.real()))

    async def _follow(self, state: State, events: Sequence[LoggedEvent], basis: Basis) -> State:
        async with self.database.reading() as tx:
            change = await _count(tx, await _touched(tx, events, basis), basis)
        return await self._apply(state, state._replace(event_seq=events[-1].seq), change)

    async def _go_through(self, state: State, after: int, basis: Basis) -> None:
        async with self.database.reading() as tx:
            chats = await repository.next_chats(tx, after, CHATS_AT_ONCE)
            change = await _count(tx, dict.fromkeys(chats, BEGINNING), basis)
        await self._apply(state, state._replace(next_chat_id=chats[-1] if chats else None), change)

    async def _apply(self, before: State, after: State, change: Change) -> State:
        """Nothing is changed when somebody else has counted meanwhile: what was read is old. How it stands now."""

        async def work(tx: Transaction) -> State:
            if await repository.state(tx, lock=True) != before:
                return before
            await _write(tx, change)
            changed = change.is_news or before.next_chat_id != after.next_chat_id
            turn = after.turn + 1 if changed else after.turn
            now = after._replace(turn=turn, counted_at=self.clock.real())
            await repository.store_state(tx, now)
            return now

        return await self.database.run(work)


def _name(basis: Basis) -> str:
    """Other hours count from now on; another time zone counts everything anew."""
    return f"{VERSION} {basis.zone}"[:120]


async def _touched(tx: Transaction, events: Iterable[LoggedEvent], basis: Basis) -> dict[int, date]:
    """The chats that something happened to, and from which day on it counts."""
    messages, chats = set[int](), set[int]()
    since: dict[int, date] = {}
    for event in events:
        if event.chat_id is None:
            continue
        if event.kind == "chat_removed":
            since[event.chat_id] = BEGINNING
        elif event.kind.startswith("message_") and event.ref.isascii() and event.ref.isdigit():
            messages.add(int(event.ref))
        else:
            chats.add(event.chat_id)
    found = await repository.times_of_messages(tx, sorted(messages)) if messages else []
    found += await repository.last_words(tx, sorted(chats)) if chats else []
    for chat_id, at in found:
        day = basis.day(at - A_BURST)
        since[chat_id] = min(day, since.get(chat_id, day))
    return since


async def _count(tx: Transaction, touched: Mapping[int, date], basis: Basis) -> Change:
    """A conversation counts on the day on which it began, so counting begins there too."""
    since = dict(touched)
    for chat_id, carry in (await repository.carries_before(tx, since)).items():
        if carry.conversation is not None:
            since[chat_id] = min(since[chat_id], basis.day(carry.conversation.opened_at))
    carries = await repository.carries_before(tx, since)
    starts = {chat_id: datetime.combine(day, time(), basis.zone) for chat_id, day in since.items()}
    said, moved = await repository.said_since(tx, starts), await repository.moves_since(tx, starts)
    before = await repository.old_days(tx, since)
    told = Told(said, moved, carries, before)
    return await asyncio.to_thread(_change, since, told, basis)  # the loop is for those who wait for an answer


def _change(since: Mapping[int, date], told: Told, basis: Basis) -> Change:
    counted = {
        chat_id: count(
            told.said.get(chat_id, ()), told.moved.get(chat_id, ()), told.carries.get(chat_id, Carry()), basis
        )
        for chat_id in since
    }
    deltas, tops = _deltas(counted, told.before)
    days = ((chat_id, day, each) for chat_id, one in counted.items() for day, each in one.days.items())
    talks = ((chat_id, each) for chat_id, one in counted.items() for each in one.conversations)
    return Change(
        since=since,
        days=[_chat_day(*each) for each in days],
        conversations=[_conversation(chat_id, each, basis) for chat_id, each in talks],
        messages=_message_rows(deltas),
        figures=_figure_rows(deltas),
        tops=[{"figure": f, "month": m, "term": t, "n": n} for (f, m, t), n in sorted(tops.items()) if n],
    )


async def _write(tx: Transaction, change: Change) -> None:
    await repository.remove_days(tx, change.since)
    await repository.add_days(tx, change.days)
    await repository.add_conversations(tx, change.conversations)
    await repository.add_messages(tx, change.messages)
    await repository.add_figures(tx, change.figures)
    await repository.add_tops(tx, change.tops)


def _deltas(
    counted: Mapping[int, Counted], before: Sequence[OldDay]
) -> tuple[dict[date, Counter[Key]], Counter[tuple[str, date, str]]]:
    """What is added to each day, and to the tops of each month."""
    deltas: defaultdict[date, Counter[Key]] = defaultdict(Counter)
    tops: Counter[tuple[str, date, str]] = Counter()
    for old in before:
        deltas[old.day].subtract(old.counts)
        _add_tops(tops, old.chat_id, old.day, old.tops, -1)
    for chat_id, one in counted.items():
        for day, each in one.days.items():
            deltas[day].update(each.counts)
            _add_tops(tops, chat_id, day, tops_of(each.received, each.words, each.by_people), 1)
    for day, delta in deltas.items():
        for key, n in delta.items():
            if key[:2] == ("f", "word"):
                tops["word", day.replace(day=1), str(key[4])] += n
    return dict(sorted(deltas.items())), tops


def _add_tops(tops: Counter[tuple[str, date, str]], chat_id: int, day: date, counts: Counter[str], sign: int) -> None:
    for figure in ("received", "words"):
        if counts[figure]:
            tops[figure, day.replace(day=1), str(chat_id)] += sign * counts[figure]


def _message_rows(deltas: Mapping[date, Counter[Key]]) -> list[dict[str, Any]]:
    """In the order of their key, so that two transactions cannot wait for each other."""
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for day, delta in deltas.items():
        for key, n in delta.items():
            if not n or key[0] not in {"m", "w"}:
                continue
            roles, owner_id, author, kind = key[1:5]
            row = rows.setdefault((day, roles, owner_id, author, kind), dict.fromkeys((*HOURS, "messages", "words"), 0))
            row |= {"day": day, "roles": roles, "owner_id": owner_id, "author": author, "kind": kind}
            if key[0] == "w":
                row["words"] += n
            else:
                row[HOURS[int(key[5])]] += n
                row["messages"] += n
    return [rows[key] for key in sorted(rows)]


def _figure_rows(deltas: Mapping[date, Counter[Key]]) -> list[dict[str, Any]]:
    """In the order of their key too."""
    rows = [
        {"day": day, "figure": key[1], "roles": key[2], "owner_id": key[3], "term": key[4], "n": n}
        for day, delta in deltas.items()
        for key, n in delta.items()
        if n and key[0] == "f"
    ]
    return sorted(rows, key=lambda row: (row["figure"], row["day"], row["roles"], row["owner_id"], row["term"]))


def _chat_day(chat_id: int, day: date, each: DayCount) -> dict[str, Any]:
    return {
        "chat_id": chat_id,
        "day": day,
        "roles": each.roles,
        "owner_id": each.owner_id,
        "received": each.received,
        "by_bot": each.by_bot,
        "by_people": each.by_people,
        "words": each.words,
        "counts": msgspec.json.encode(list(each.counts.items())).decode(),
        "carry": each.carry,
    }


def _conversation(chat_id: int, each: Conversation, basis: Basis) -> dict[str, Any]:
    return {
        "chat_id": chat_id,
        "opened_at": each.opened_at,
        "day": basis.day(each.opened_at),
        "roles": each.roles,
        "owner_id": each.owner_id,
        "is_new": each.is_new,
        "handled_by": each.handled_by,
        "bot_s": _whole_s(each.bot_since, each.bot_at),
        "person_s": _whole_s(each.person_since, each.person_at),
        "person_open_s": open_s(each, basis),
        "closed_at": each.closed_at,
    }


def _whole_s(since: datetime | None, until: datetime | None) -> int | None:
    return None if since is None or until is None else max(int((until - since).total_seconds()), 0)
