"""Turns logged events into the HTML that one page needs: read once, rendered once, shared by all streams."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache

import structlog

from waia.chats.panel import presenters, timeline
from waia.chats.panel.audience.shelf import Shelf
from waia.chats.panel.audience.viewer import Audience, Viewer
from waia.chats.panel.bubble import Bubble
from waia.chats.panel.events import (
    ChatChanged,
    ChatRemoved,
    CountsChanged,
    HolderChanged,
    MessageAdded,
    MessageChanged,
    PageEvent,
    template_of,
)
from waia.chats.panel.hub import Hub
from waia.chats.panel.tally import Tally
from waia.chats.panel.viewmodels import ChatRow, Counts, HolderStrip
from waia.kit.clock import Clock
from waia.kit.db import Database
from waia.kit.events import LoggedEvent
from waia.kit.render import Pages
from waia.settings import Settings

SHELF_SIZE, KEEP_S = 2_000, 10.0
RENDERED = 4_096
REMEMBERED_ABSENT = 5_000
CHAT_KINDS = frozenset({"message_added", "message_changed", "chat_changed", "chat_removed"})

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class News:
    """`counts`: the numbers on the tabs may have changed. `lost`: the open chat is out of sight now."""

    html: str = ""
    counts: bool = False
    lost: bool = False


@dataclass
class Digest:
    """A page of events without repeats: what is sent is the state of now, so the last of a kind is enough."""

    chats: dict[int, bool] = field(default_factory=dict)
    added: set[int] = field(default_factory=set)
    changed: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, events: Iterable[LoggedEvent], open_chat: int | None) -> "Digest":
        digest = cls()
        for event in events:
            if event.chat_id is None or event.kind not in CHAT_KINDS:
                continue
            digest.chats.pop(event.chat_id, None)
            digest.chats[event.chat_id] = event.kind == "chat_removed"
            if event.chat_id == open_chat and event.ref.isdigit():
                (digest.added if event.kind == "message_added" else digest.changed).add(int(event.ref))
        digest.changed -= digest.added
        return digest


class Fragments:
    """Reads view models through shelves, so that a thousand streams ask the database once."""

    def __init__(
        self, database: Database, hub: Hub, audience: Audience, pages: Pages, settings: Settings, clock: Clock
    ) -> None:
        self._database, self._hub, self._audience = database, hub, audience
        self._pages, self._settings, self._clock = pages, settings, clock
        self._rows: Shelf[tuple[int, int], ChatRow] = Shelf(SHELF_SIZE, KEEP_S)
        self._bubbles: Shelf[tuple[int, int, int], Bubble] = Shelf(SHELF_SIZE, KEEP_S)
        self._strips: Shelf[tuple[int, int], HolderStrip] = Shelf(SHELF_SIZE, KEEP_S)
        self._tally = Tally(database, audience)
        self._rendered = lru_cache(RENDERED)(self._render)

    async def news(self, events: Sequence[LoggedEvent], viewer: Viewer) -> News:
        digest = Digest.of(events, viewer.chat_id)
        if not digest.chats:
            return News()
        found = await self._load_rows([chat_id for chat_id, removed in digest.chats.items() if not removed])
        owned = [row.id for row in found.values() if row.owner_id == viewer.user.id]
        seen = await self._audience.sees(viewer, self._versions(found), owned)
        if viewer.chat_id in digest.chats and viewer.chat_id not in seen:
            return News(lost=True)
        rows = {chat_id: row for chat_id, row in found.items() if chat_id in seen}
        told = [*await self._thread(digest, viewer), *_list_events(digest, rows, viewer)]
        return News(self._html(told, viewer.language), counts=bool(seen or told))

    def count(self, viewer: Viewer) -> asyncio.Future[Counts]:
        return self._tally.count(viewer.user)

    def numbers(self, counts: Counts, viewer: Viewer) -> str:
        return self._html([CountsChanged(counts, viewer.view)], viewer.language)

    async def may_watch(self, viewer: Viewer) -> bool:
        """Whether the viewer may see the chat that the page says it shows."""
        if viewer.chat_id is None:
            return True
        versions = self._versions([viewer.chat_id])
        return viewer.chat_id in await self._audience.sees(viewer, versions, versions)

    async def _thread(self, digest: Digest, viewer: Viewer) -> list[PageEvent]:
        """What happened in the open chat, oldest message first."""
        chat_id = viewer.chat_id
        if chat_id is None or chat_id not in digest.chats:
            return []
        admin = viewer.user.is_admin
        bubbles = await self._load_bubbles(chat_id, digest.added | digest.changed)
        told: list[PageEvent] = [
            (MessageAdded if bubble.id in digest.added else MessageChanged)(bubble, admin)
            for bubble in sorted(bubbles, key=lambda bubble: bubble.id)
        ]
        strip = await self._load_strip(chat_id)
        if strip is not None and strip != viewer.strip:
            viewer.strip = strip
            told.append(HolderChanged(strip))
        return told

    async def _load_rows(self, chat_ids: Sequence[int]) -> dict[int, ChatRow]:
        async def read(keys: list[tuple[int, int]]) -> Mapping[tuple[int, int], ChatRow]:
            async with self._database.reading() as tx:
                rows = await presenters.rows_by_id(tx, {chat_id for chat_id, _ in keys})
            return {key: rows[key[0]] for key in keys if key[0] in rows}

        found = await self._rows.take(list(self._versions(chat_ids).items()), read)
        return {chat_id: row for (chat_id, _), row in found.items()}

    async def _load_bubbles(self, chat_id: int, ids: Iterable[int]) -> list[Bubble]:
        version = self._hub.ring.version(chat_id)

        async def read(keys: list[tuple[int, int, int]]) -> Mapping[tuple[int, int, int], Bubble]:
            async with self._database.reading() as tx:
                ids = {id_ for _, id_, _ in keys}
                bubbles = await timeline.bubbles(tx, chat_id, ids, self._settings.timezone)
            return {(chat_id, bubble.id, version): bubble for bubble in bubbles}

        return list((await self._bubbles.take([(chat_id, id_, version) for id_ in ids], read)).values())

    async def _load_strip(self, chat_id: int) -> HolderStrip | None:
        async def read(keys: list[tuple[int, int]]) -> Mapping[tuple[int, int], HolderStrip]:
            async with self._database.reading() as tx:
                strip = await presenters.holder_strip(tx, chat_id)
            return {keys[0]: strip} if strip else {}

        key = (chat_id, self._hub.ring.version(chat_id))
        return (await self._strips.take([key], read)).get(key)

    def _versions(self, chat_ids: Iterable[int]) -> dict[int, int]:
        return {chat_id: self._hub.ring.version(chat_id) for chat_id in chat_ids}

    def _html(self, told: Iterable[PageEvent], language: str) -> str:
        # Templates show times relative to the day, so a rendering is good for an hour.
        hour = int(self._clock.business().timestamp()) // 3600
        return "\n".join(self._rendered(event, language, hour) for event in told)

    def _render(self, event: PageEvent, language: str, _hour: int) -> str:
        """A fragment that cannot be rendered is left out: it must not end, again and again, every stream."""
        context = {part.name: getattr(event, part.name) for part in fields(event)}
        try:
            return self._pages.render(template_of(event), language, context)
        except Exception:
            log.exception("a fragment could not be rendered", template=template_of(event))
            return ""


def _list_events(digest: Digest, rows: Mapping[int, ChatRow], viewer: Viewer) -> list[PageEvent]:
    """Rows that the viewer's list holds; the others are taken out of it, which is said once."""
    told: list[PageEvent] = []
    view = None if viewer.searching else viewer.view
    if len(viewer.absent) > REMEMBERED_ABSENT:
        viewer.absent.clear()
    for chat_id in digest.chats:
        row = rows.get(chat_id)
        if row is not None and (view is None or row.is_in(view, viewer.user.id)):
            viewer.absent.discard(chat_id)
            told.append(ChatChanged(row, view))
        elif chat_id not in viewer.absent:
            viewer.absent.add(chat_id)
            told.append(ChatRemoved(chat_id, None if row is None else view))
    return told
