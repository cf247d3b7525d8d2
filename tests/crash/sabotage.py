"""Bugs that a test plants in a waia process of its own, to see that the checks notice them.

Each undoes one protection, in the way in which it might be forgotten.
"""

import asyncio
import itertools
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, update

from waia.chats import delivery, listening
from waia.chats.models import Message
from waia.kit import db, events, queue
from waia.whatsapp import ingress, repository, webhook
from waia.whatsapp.answers import Retry, Unknown
from waia.whatsapp.errors import Scope
from waia.whatsapp.items import Split
from waia.whatsapp.split import split
from waia.workers import inbox, recording, turns


def apply(bug: str) -> None:
    """Plant this bug in this process; an empty name plants none."""
    if bug:
        BUGS[bug]()


def no_unique_key() -> None:
    """Whoever asks gets the key. The test takes the unique keys off the table of messages, too."""

    async def claim(_tx: Any, keys: list[str], _now: datetime) -> set[str]:
        return set(keys)

    setattr(repository, "_claim_keys", claim)  # noqa: B010


def ack_before_commit() -> None:
    async def store(self: ingress.Ingress, raw: bytes, split: Split) -> None:
        self._bodies.put_nowait(ingress._Body(raw, split))

    committed = ingress.Ingress._committed

    async def soon(self: ingress.Ingress, bodies: Sequence[Any]) -> bool:
        await asyncio.sleep(0.1)
        return await committed(self, bodies)

    ingress.Ingress.store = store  # type: ignore[method-assign]
    ingress.Ingress._committed = soon  # type: ignore[method-assign]


def no_fence() -> None:
    """A lane is given back by its name, whoever holds it."""

    async def release(tx: Any, name: str, _owner: str, releases: Sequence[queue.Release]) -> None:
        await queue.finish(tx, name, [each.key for each in releases if each.due_at is None])
        await queue.later(tx, name, [(each.key, each.due_at) for each in releases if each.due_at])

    setattr(queue, "release", release)  # noqa: B010


def resend_at_once() -> None:
    """What is unknown is taken for not sent."""
    record = recording.Recorder.record

    async def hasty(self: Any, tx: Any, results: Sequence[Any], now: datetime) -> None:
        retry = Retry(code=None, reason="", after_s=0.01, scope=Scope.CHAT)
        changed = [
            recording.Result(each.item, retry, each.owner) if isinstance(each.outcome, Unknown) else each
            for each in results
        ]
        await record(self, tx, changed, now)

    recording.Recorder.record = hasty  # type: ignore[method-assign]


def first_only() -> None:
    def first(body: bytes) -> Split:
        whole = split(body)
        return Split(whole.items[:1], whole.unparsable)

    setattr(webhook, "split", first)  # noqa: B010


def status_without_rank() -> None:
    async def put(tx: Any, news: Sequence[delivery._News], now: datetime) -> None:
        for each in news:
            await tx.execute(update(Message).where(Message.id == each.message.id).values(status=each.rank))

    delivery._apply = put


def event_ids_from_memory() -> None:
    """Numbers are given out when something is announced, and a rollback does not give them back."""
    numbers = itertools.count(1)

    def announce(self: Any, kind: str, chat_id: int | None, ref: str = "") -> None:
        made = events.Announcement(kind, chat_id, ref)
        if made not in self.announcements:
            self.announcements.append(made)
            taken = self.__dict__.setdefault("taken", [])
            taken.append(events.LoggedEvent(next(numbers), kind, chat_id, ref))

    async def finish(self: Any) -> None:
        taken, self.announcements = self.__dict__.get("taken", []), []
        await keep(self)
        if taken:
            rows = [{**_columns(each), "at": datetime.now(UTC)} for each in taken]
            await self.connection.execute(insert(events.Event), rows)
            counter = update(events.Counter).where(events.Counter.name == "events")
            await self.connection.execute(counter.values(value=taken[-1].seq))

    keep = db.Transaction.finish
    db.Transaction.announce = announce  # type: ignore[method-assign]
    db.Transaction.finish = finish  # type: ignore[method-assign]


def debounce_in_memory() -> None:
    """Who is to be answered when is known to the process only."""
    due: dict[str, datetime] = {}

    async def remember(_tx: Any, chats: Sequence[Any]) -> None:
        due.update({str(chat.id): chat.bot_due_at for chat in chats if chat.bot_due_at})

    step = turns.TurnsWorker.step

    async def step_from_memory(self: turns.TurnsWorker) -> float:
        ripe = {key: at for key, at in due.items() if at <= self.clock.real()}
        for key in ripe:
            del due[key]
        await self.database.run(lambda tx: queue.push(tx, listening.TURNS, ripe.items()))
        return await step(self)

    setattr(inbox, "_schedule", remember)  # noqa: B010
    turns.TurnsWorker.step = step_from_memory  # type: ignore[method-assign]


def _columns(event: events.LoggedEvent) -> dict[str, Any]:
    return {"seq": event.seq, "kind": event.kind, "chat_id": event.chat_id, "ref": event.ref}


BUGS: dict[str, Callable[[], None]] = {
    bug.__name__: bug
    for bug in (
        no_unique_key,
        ack_before_commit,
        no_fence,
        resend_at_once,
        first_only,
        status_without_rank,
        event_ids_from_memory,
        debounce_in_memory,
    )
}
