"""Turns logged events into the HTML that one page needs: read once, rendered once, shared by all streams."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import NamedTuple

import structlog

from waia.chats.panel import presenters, timeline
from waia.chats.panel.audience.shelf import Shelf
from waia.chats.panel.audience.viewer import RIGHTS_AGE_S, Audience, Viewer
from waia.chats.panel.bundle import Bundle, Part
from waia.chats.panel.digest import Touched, digest
from waia.chats.panel.events import CountsChanged, PageEvent, template_of
from waia.chats.panel.sse import message
from waia.chats.panel.tally import Tally
from waia.chats.panel.viewmodels import ChatRow, Counts
from waia.kit.clock import Clock
from waia.kit.db import Database
from waia.kit.events import LoggedEvent
from waia.kit.render import Pages
from waia.settings import Settings

BUNDLES = 500
RENDERED, RENDERED_AT_ONCE = 2_000, 10

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class News:
    """`counts`: the numbers on the tabs may have changed. `lost`: the open chat is out of sight now. `calls`: chats
    with something new in them that wait for the viewer, or for anybody. `size`: of how many fragments the text is."""

    text: str = ""
    calls: tuple[ChatRow, ...] = ()
    counts: bool = False
    lost: bool = False
    owners: frozenset[int] = frozenset()
    size: int = 0


class KinKey(NamedTuple):
    first: int
    last: int
    kin: str


class BundleKey(NamedTuple):
    first: int
    last: int
    is_admin: bool
    role_ids: frozenset[int]
    open_chat: int | None


class Fragments:
    """Makes what streams say."""

    def __init__(self, database: Database, audience: Audience, pages: Pages, settings: Settings, clock: Clock) -> None:
        self._database, self._audience = database, audience
        self._pages, self._settings, self._clock = pages, settings, clock
        self._bundles: Shelf[BundleKey, Bundle] = Shelf(BUNDLES, RIGHTS_AGE_S)
        self._common: Shelf[KinKey, News | None] = Shelf(BUNDLES, RIGHTS_AGE_S)
        self._tally = Tally(database, audience)
        self._rendered = lru_cache(RENDERED)(self._render)
        self._numbers_said = lru_cache(RENDERED)(self._say_numbers)

    async def news(self, events: Sequence[LoggedEvent], viewer: Viewer) -> News:
        """Found out once for all streams of a kin, where nothing in it is personal."""
        common = None if viewer.absent else await self._common_news(events, viewer)
        if common is not None and viewer.user.id not in common.owners:
            return common
        chats = digest(tuple(events))
        if not chats:
            return News()
        bundle = await self._bundle(events, chats, viewer)
        seen = bundle.seen | await self._own(bundle, viewer)
        if viewer.chat_id in chats and viewer.chat_id not in seen:
            return News(lost=True)
        return await self._news(bundle, seen, viewer, events[-1].seq)

    async def _common_news(self, events: Sequence[LoggedEvent], viewer: Viewer) -> News | None:
        """None where it depends on what a stream was told before."""
        key = KinKey(events[0].seq, events[-1].seq, viewer.kin)

        async def make(_keys: list[KinKey]) -> Mapping[KinKey, News | None]:
            chats = digest(tuple(events))
            if not chats:
                return {key: News()}
            bundle = await self._bundle(events, chats, viewer)
            anyone = viewer.anyone()
            return {key: await self._news(bundle, bundle.seen, anyone, key.last) if bundle.is_common else None}

        return self._common.ready(key) or (await self._common.take([key], make))[key]

    async def _news(self, bundle: Bundle, seen: frozenset[int], viewer: Viewer, seq: int) -> News:
        parts = bundle.parts_for(viewer, seen)
        text = await self._say(bundle, parts, viewer, seq) if parts else ""
        calls = bundle.calls_for(viewer, seen)
        return News(text, calls, counts=bool(seen or parts), owners=bundle.owners, size=len(parts))

    def count(self, viewer: Viewer) -> asyncio.Future[Counts]:
        return self._tally.count(viewer.user)

    def numbers(self, counts: Counts, viewer: Viewer) -> str:
        return self._numbers_said(CountsChanged(counts, viewer.listing), viewer.language)

    async def may_watch(self, viewer: Viewer) -> bool:
        """Whether the viewer may see the chat that the page says it shows."""
        return viewer.chat_id is None or bool(await self._audience.sees(viewer.user, {viewer.chat_id}))

    async def _bundle(self, events: Sequence[LoggedEvent], chats: Mapping[int, Touched], viewer: Viewer) -> Bundle:
        open_chat = viewer.chat_id if viewer.chat_id in chats else None

        async def read(keys: list[BundleKey]) -> Mapping[BundleKey, Bundle]:
            return {keys[0]: await self._read(chats, viewer, open_chat)}

        roles = (viewer.user.is_admin, viewer.user.role_ids)
        key = BundleKey(events[0].seq, events[-1].seq, *roles, open_chat)
        return (await self._bundles.take([key], read))[key]

    async def _read(self, chats: Mapping[int, Touched], viewer: Viewer, open_chat: int | None) -> Bundle:
        there = {chat_id for chat_id, touched in chats.items() if not touched.removed}
        seen = await self._audience.sees(viewer.anybody, there)
        async with self._database.reading() as tx:
            rows = await presenters.rows_by_id(tx, there)
            if open_chat is None:
                return Bundle(chats, rows, seen, {}, None)
            ids = chats[open_chat].messages
            bubbles = await timeline.bubbles(tx, open_chat, ids, self._settings.timezone) if ids else ()
            strip = await presenters.holder_strip(tx, open_chat)
        return Bundle(chats, rows, seen, {bubble.id: bubble for bubble in bubbles}, strip)

    async def _own(self, bundle: Bundle, viewer: Viewer) -> frozenset[int]:
        """Chats that not the roles but the person may see."""
        owned = {row.id for row in bundle.rows.values() if row.owner_id == viewer.user.id} - bundle.seen
        return await self._audience.sees(viewer.user, owned) if owned else frozenset()

    async def _say(self, bundle: Bundle, parts: tuple[Part, ...], viewer: Viewer, seq: int) -> str:
        admin, language = viewer.user.is_admin, viewer.language
        said = bundle.said.get((language, admin, parts))
        if said is None:
            html = await self._all_rendered([bundle.build(part, admin) for part in parts], language)
            said = bundle.said[(language, admin, parts)] = message(html, seq=seq)
        return said

    async def _all_rendered(self, told: Sequence[PageEvent], language: str) -> str:
        """A few at a time: requests come between them."""
        html, hour = list[str](), self._hour()
        for start in range(0, len(told), RENDERED_AT_ONCE):
            html += [self._rendered(event, language, hour) for event in told[start : start + RENDERED_AT_ONCE]]
            await asyncio.sleep(0)
        return "\n".join(html)

    def _say_numbers(self, event: CountsChanged, language: str) -> str:
        return message(self._render(event, language, 0))

    def _hour(self) -> int:
        """Templates show times relative to the day, so a rendering is good for an hour."""
        return int(self._clock.business().timestamp()) // 3600

    def _render(self, event: PageEvent, language: str, _hour: int) -> str:
        """A fragment that cannot be rendered is left out: it must not end, again and again, every stream."""
        context = {part.name: getattr(event, part.name) for part in fields(event)}
        try:
            return self._pages.render(template_of(event), language, context)
        except Exception:
            log.exception("a fragment could not be rendered", template=template_of(event))
            return ""
