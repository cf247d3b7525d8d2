"""What a stream says besides rows and messages: who else is here, that the card changed, that somebody is wanted."""

from collections.abc import Sequence
from dataclasses import dataclass

from waia.chats.management import ASSIGNED, FACTS_CHANGED
from waia.chats.notes import MENTIONED
from waia.chats.panel import presenters
from waia.chats.panel.audience.viewer import Audience, Viewer
from waia.chats.panel.presence import WATCHERS_CHANGED
from waia.chats.panel.sse import message
from waia.chats.panel.viewmodels import Person
from waia.chats.presence_repository import watchers
from waia.kit.clock import Clock
from waia.kit.db import Database
from waia.kit.events import LoggedEvent
from waia.kit.render import Pages

KINDS = frozenset({WATCHERS_CHANGED, FACTS_CHANGED, ASSIGNED, MENTIONED})


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
        told = message(parts, seq=seq) if parts else ""
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


def _calls(event: LoggedEvent, viewer: Viewer) -> bool:
    """Whoever has the chat open sees it anyway."""
    return event.kind in {ASSIGNED, MENTIONED} and event.ref == str(viewer.user.id) and event.chat_id != viewer.chat_id
