"""Keeps the roll-ups: follows the event log, which tells in commit order what changed, and counts those chats anew
from that day on. The same count any number of times gives the same figures, so a lost or repeated event does no harm.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from waia.dashboard import keeping
from waia.dashboard import rollup_repository as repository
from waia.dashboard.changes import Change, Told, change_of
from waia.dashboard.counting import Basis
from waia.dashboard.rollup_repository import State
from waia.kit.clock import Clock
from waia.kit.db import Database, Transaction
from waia.kit.events import LoggedEvent, read_after

VERSION = 2
EVENTS_AT_ONCE, CHATS_AT_ONCE = 500, 25
A_BURST = timedelta(minutes=10)
BEGINNING = date(1970, 1, 2)


class Work(StrEnum):
    """What a step had to do; nothing is false."""

    NOTHING = ""
    NEWS = "news"
    HISTORY = "history"


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
            today = basis.day(self.clock.business())
            stands = await keeping.all_stand(tx, today)
        if state is None or not known:
            await self.begin_anew(basis)
            return Work.HISTORY
        if events:
            state = await self._follow(state, events, basis)
        if state.next_chat_id is not None:
            await self._go_through(state, state.next_chat_id, basis)
            return Work.HISTORY
        if not stands:
            await self._move_on(today)
        return Work.NEWS if events or not stands else Work.NOTHING

    async def begin_anew(self, basis: Basis) -> None:
        """All figures are counted again from the history; the board says how far it is."""
        today = basis.day(self.clock.business())

        async def work(tx: Transaction) -> None:
            await repository.begin_anew(tx, _name(basis), self.clock.real())
            await keeping.begin(tx, today)

        await self.database.run(work)

    async def _follow(self, state: State, events: Sequence[LoggedEvent], basis: Basis) -> State:
        async with self.database.reading() as tx:
            change = await _count(tx, await _touched(tx, events, basis), basis)
        return await self._apply(state, state._replace(event_seq=events[-1].seq), change)

    async def _go_through(self, state: State, after: int, basis: Basis) -> None:
        async with self.database.reading() as tx:
            chats = await repository.next_chats(tx, after, CHATS_AT_ONCE)
            change = await _count(tx, dict.fromkeys(chats, BEGINNING), basis)
        await self._apply(state, state._replace(next_chat_id=chats[-1] if chats else None), change)

    async def _move_on(self, today: date) -> None:
        """The kept periods follow the days; no figure is another by it."""

        async def work(tx: Transaction) -> None:
            if await repository.state(tx, lock=True) is not None:
                await keeping.move_on(tx, today)

        await self.database.run(work)

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
    return await asyncio.to_thread(change_of, since, told, basis)  # the loop is for those who wait for an answer


async def _write(tx: Transaction, change: Change) -> None:
    await repository.remove_days(tx, change.since)
    await repository.add_days(tx, change.days)
    await repository.add_conversations(tx, change.conversations)
    await repository.add_messages(tx, change.messages)
    await repository.add_figures(tx, change.figures)
    await repository.add_tops(tx, change.tops)
    await keeping.add(tx, change.sums)
