"""What live updates need in one process: built once by the app, run in the background, given to the route."""

import asyncio

from waia.chats.metrics import OPENED, REFUSED
from waia.chats.panel.asides import Asides
from waia.chats.panel.audience.viewer import Audience, Viewer
from waia.chats.panel.feed import Feed, Pace
from waia.chats.panel.fragments import Fragments
from waia.chats.panel.hub import Hub
from waia.chats.panel.presence import PresenceBoard
from waia.kit.clock import Clock
from waia.kit.db import Database
from waia.kit.render import Pages
from waia.kit.wakeups import Wakeups
from waia.rules.book import Rules
from waia.settings import Settings


class Live:
    """`closing` must be set at the first sign of a shutdown: the server waits for streams before the app."""

    def __init__(
        self,
        *,
        database: Database,
        wakeups: Wakeups,
        rules: Rules,
        pages: Pages,
        settings: Settings,
        clock: Clock,
        closing: asyncio.Event,
        pace: Pace | None = None,
    ) -> None:
        self.pace = pace or Pace()
        self.zone = settings.timezone
        self.hub = Hub(database, wakeups, closing, self.pace.batch_s)
        self.audience = Audience(database, rules, settings, clock)
        self.hub.listeners.append(self.audience.hear)
        self._fragments = Fragments(database, self.audience, pages, settings, clock)
        self._asides = Asides(database, self.audience, pages, clock)
        self._presence = PresenceBoard(database, clock)

    async def run(self) -> None:
        """Until cancelled."""
        await asyncio.gather(self.hub.run(), self.audience.run(), self._presence.run())

    def enter(self, viewer: Viewer) -> bool:
        """False when there is no room; otherwise `leave` must follow."""
        if self.hub.closing.is_set() or not self.audience.admit(viewer):
            REFUSED.add()
            return False
        OPENED.add()
        self.hub.bells.add(viewer.bell)
        self._presence.enter(viewer.user.id, viewer.chat_id)
        return True

    def leave(self, viewer: Viewer) -> None:
        self.hub.bells.discard(viewer.bell)
        self.audience.leave(viewer)
        self._presence.leave(viewer.user.id, viewer.chat_id)

    def feed(self, viewer: Viewer, since: int | None, epoch: int | None) -> Feed:
        return Feed(self.hub, self._fragments, self._asides, viewer, self.pace, since, epoch)
