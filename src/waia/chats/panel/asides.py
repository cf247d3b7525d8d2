"""What a stream says besides rows and messages: who else is here, that the card changed, that somebody is wanted."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from waia.chats.calls.late import by_chat, is_called
from waia.chats.management import ASSIGNED, FACTS_CHANGED
from waia.chats.notes import MENTIONED
from waia.chats.overdue.noticing import OVERDUE
from waia.chats.panel import presenters
from waia.chats.panel.audience.viewer import Audience, Viewer
from waia.chats.panel.presence import WATCHERS_CHANGED
from waia.chats.panel.sse import message
from waia.chats.panel.viewmodels import ChatRow, Person
from waia.chats.presence_repository import watchers
from waia.kit.clock import Clock
from waia.kit.db import Database
from waia.kit.events import LoggedEvent
from waia.kit.render import Pages

KINDS = frozenset({WATCHERS_CHANGED, FACTS_CHANGED, ASSIGNED, MENTIONED, OVERDUE})


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody is wanted in a chat: it was given to them, or a note names them."""

    chat_id: int
    person: Person
    mentioned: bool


class Asides:
    def __init__(self, database: Database, audience: Audience, pages: Pages, clock: Clock) -> None:
        self._database, self._audience, self._pages, self._clock = database, audience, pages, clock

    async def say(self, events: Sequence[LoggedEvent], viewer: Viewer, seq: int) -> str:
        found = [event for event in events if event.kind in KINDS]
        if not found:
            return ""
        here = {event.kind for event in found if event.chat_id == viewer.chat_id}
        calls = {event.chat_id: event.kind == MENTIONED for event in found if _calls(event, viewer)}
        parts = await self._watchers(viewer) if WATCHERS_CHANGED in here else ""
        parts += await self._calls(viewer, {chat: named for chat, named in calls.items() if chat}) if calls else ""
        late = await self._late(found, viewer)
        parts += self._pages.render("chats/stream/late.html", viewer.language, {"rows": late}) if late else ""
        told = message(parts, seq=seq) if parts else ""
        told += message(attention(late), event="attention", seq=seq) if late else ""
        return told + (message(event="facts", seq=seq) if FACTS_CHANGED in here else "")

    async def _watchers(self, viewer: Viewer) -> str:
        async with self._database.reading() as tx:
            there = await watchers(tx, viewer.chat_id or 0, self._clock.real())
        context = {"chat_id": viewer.chat_id, "watchers": there}
        return self._pages.render("chats/stream/watchers_changed.html", viewer.language, context)

    async def _calls(self, viewer: Viewer, wanted: dict[int, bool]) -> str:
        """Only about chats that the person may see."""
        seen = await self._audience.sees(viewer.user, wanted)
        async with self._database.reading() as tx:
            rows = await presenters.rows_by_id(tx, seen)
        calls = [Call(chat_id, rows[chat_id].person, wanted[chat_id]) for chat_id in rows]
        return "".join(
            self._pages.render("chats/stream/called.html", viewer.language, {"call": call}) for call in calls
        )

    async def _late(self, events: Sequence[LoggedEvent], viewer: Viewer) -> tuple[ChatRow, ...]:
        """Chats whose customers wait too long, if that is this person's business and is so still."""
        levels = by_chat((event.chat_id, int(event.ref)) for event in events if event.kind == OVERDUE and event.chat_id)
        seen = await self._audience.sees(viewer.user, levels) if levels else ()
        if not seen:
            return ()
        role = await self._audience.supervising_role()
        async with self._database.reading() as tx:
            rows = await presenters.rows_by_id(tx, seen)
        return tuple(row for row in rows.values() if row.late and is_called(viewer.user, row, levels[row.id], role))


def attention(rows: Sequence[ChatRow]) -> str:
    """Names, never words: they are shown on screens that lie open."""
    return msgspec.json.encode([{"chat": row.id, "name": row.person.name or row.person.tail} for row in rows]).decode()


def _calls(event: LoggedEvent, viewer: Viewer) -> bool:
    """Whoever has the chat open sees it anyway."""
    return event.kind in {ASSIGNED, MENTIONED} and event.ref == str(viewer.user.id) and event.chat_id != viewer.chat_id
