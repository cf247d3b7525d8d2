"""A page of events, read from the database once for all streams whose people have the same roles."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from waia.chats.panel.audience.viewer import Viewer
from waia.chats.panel.bubble import Bubble
from waia.chats.panel.digest import Touched
from waia.chats.panel.events import (
    ChatChanged,
    ChatRemoved,
    HolderChanged,
    MessageAdded,
    MessageChanged,
    PageEvent,
)
from waia.chats.panel.listing import Listing
from waia.chats.panel.viewmodels import ChatRow, HolderStrip

REMEMBERED_ABSENT = 5_000


class Part(NamedTuple):
    """One page event, not built yet: comparing numbers is cheaper than comparing view models."""

    kind: type[PageEvent]
    id: int
    listing: Listing | None = None


@dataclass
class Bundle:
    """`seen`: the chats that these roles open. `said` remembers texts by what they are made of."""

    chats: Mapping[int, Touched]
    rows: Mapping[int, ChatRow]
    seen: frozenset[int]
    bubbles: Mapping[int, Bubble]
    strip: HolderStrip | None
    said: dict[tuple[str, bool, tuple[Part, ...]], str] = field(default_factory=dict)

    @property
    def is_common(self) -> bool:
        """Whether nothing here depends on what a stream was told before; who it is matters to the owners alone."""
        return self.chats.keys() <= self.seen

    @property
    def owners(self) -> frozenset[int]:
        return frozenset(row.owner_id for row in self.rows.values() if row.owner_id is not None)

    def parts_for(self, viewer: Viewer, seen: frozenset[int]) -> tuple[Part, ...]:
        return (*self._thread_parts(viewer), *self._list_parts(viewer, seen))

    def calls_for(self, viewer: Viewer, seen: frozenset[int]) -> tuple[ChatRow, ...]:
        """Chats with a new message that wait for a person: for this one, or for whoever comes first."""
        rows = (self.rows.get(chat_id) for chat_id, touched in self.chats.items() if chat_id in seen and touched.added)
        return tuple(row for row in rows if row is not None and row.calls(viewer.user.id))

    def build(self, part: Part, is_admin: bool) -> PageEvent:
        if part.kind is MessageAdded:
            return MessageAdded(self.bubbles[part.id], is_admin)
        if part.kind is MessageChanged:
            return MessageChanged(self.bubbles[part.id], is_admin)
        if part.kind is HolderChanged and self.strip is not None:
            return HolderChanged(self.strip)
        if part.kind is ChatChanged:
            return ChatChanged(self.rows[part.id], part.listing)
        return ChatRemoved(part.id, part.listing)

    def _thread_parts(self, viewer: Viewer) -> list[Part]:
        """What happened in the open chat, oldest message first."""
        touched = self.chats.get(viewer.chat_id or 0)
        if touched is None:
            return []
        parts = [
            Part(MessageAdded if message in touched.added else MessageChanged, message)
            for message in sorted(self.bubbles)
        ]
        return [*parts, Part(HolderChanged, self.strip.chat_id)] if self.strip is not None else parts

    def _list_parts(self, viewer: Viewer, seen: frozenset[int]) -> list[Part]:
        """Rows that the viewer's list holds; the others are taken out of it. Of a chat out of sight that is said
        once: its further life is not the viewer's business."""
        parts: list[Part] = []
        listing = None if viewer.searching else viewer.listing
        if len(viewer.absent) > REMEMBERED_ABSENT:
            viewer.absent.clear()
        for chat_id in self.chats:
            row = self.rows.get(chat_id) if chat_id in seen else None
            if row is not None:
                viewer.absent.discard(chat_id)
                held = listing is None or listing.holds(row, viewer.user.id)
                parts.append(Part(ChatChanged if held else ChatRemoved, chat_id, listing))
            elif chat_id not in viewer.absent:
                viewer.absent.add(chat_id)
                parts.append(Part(ChatRemoved, chat_id))
        return parts
