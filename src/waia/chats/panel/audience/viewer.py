"""One open stream, and all of them together: caps, and rights that are never older than a few seconds."""

import asyncio
from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum

import structlog

from waia.accounts.sessions import LONGEST
from waia.accounts.signed_in import SignedIn
from waia.chats.panel.audience.repository import Standing, standings, visible_chats
from waia.chats.panel.listing import Listing
from waia.kit.clock import Clock
from waia.kit.db import Database
from waia.kit.events import LoggedEvent
from waia.rules.book import Rules
from waia.settings import Settings

STREAMS_PER_USER = 10
STREAMS = 2_500
REFRESH_S = 2.0
RIGHTS_AGE_S = 4.0
NOBODY = 0

log = structlog.get_logger(__name__)


class Ending(StrEnum):
    """Why the server ends a stream; the page knows these words."""

    RESET = "reset"
    CLOSING = "closing"
    SIGNED_OUT = "signed-out"
    GONE = "gone"
    DISCONNECTED = "disconnected"


@dataclass(eq=False)
class Viewer:
    """An open stream: whose it is, what its page shows. Results of a search take no new rows."""

    user: SignedIn
    language: str
    chat_id: int | None
    listing: Listing
    searching: bool = False
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    ending: Ending | None = None
    absent: set[int] = field(default_factory=set)
    anybody: SignedIn = field(init=False)
    kin: str = field(init=False)

    def __post_init__(self) -> None:
        """`anybody` is somebody with the same roles: what they may see, all who have these roles may see.

        Streams of one `kin` show the same page: they are told the same of all chats that nobody of them owns.
        """
        self.anybody = replace(self.user, id=NOBODY)
        roles = ",".join(str(role) for role in sorted(self.user.role_ids))
        page = (self.language, self.chat_id, self.searching, self.listing.query)
        self.kin = " ".join(map(str, (self.user.is_admin, roles, *page)))

    def anyone(self) -> "Viewer":
        """Somebody of the same kin who owns no chat and was told nothing yet."""
        return Viewer(self.anybody, self.language, self.chat_id, self.listing, self.searching)

    def end(self, why: Ending) -> None:
        self.ending = self.ending or why
        self.bell.set()


class Audience:
    """All open streams of this process."""

    def __init__(self, database: Database, rules: Rules, settings: Settings, clock: Clock) -> None:
        self._database, self._rules, self._settings, self._clock = database, rules, settings, clock
        self._viewers: set[Viewer] = set()
        self._per_user: Counter[int] = Counter()
        self._refresh_now = asyncio.Event()

    def __len__(self) -> int:
        return len(self._viewers)

    def admit(self, viewer: Viewer) -> bool:
        """False when there are too many streams, of this user or in all."""
        if len(self._viewers) >= STREAMS or self._per_user[viewer.user.id] >= STREAMS_PER_USER:
            return False
        self._viewers.add(viewer)
        self._per_user[viewer.user.id] += 1
        return True

    def leave(self, viewer: Viewer) -> None:
        self._viewers.discard(viewer)
        self._per_user -= Counter([viewer.user.id])

    def hear(self, events: Sequence[LoggedEvent]) -> None:
        """A user or a role changed: look at once, not at the next turn."""
        if any(event.kind == "user_changed" for event in events):
            self._refresh_now.set()

    async def sees(self, user: SignedIn, chat_ids: Collection[int]) -> frozenset[int]:
        """Which of these chats the user may see. Not kept: what it decides is kept for a few seconds."""
        without_role = await self.without_role()
        async with self._database.reading() as tx:
            return await visible_chats(tx, user, chat_ids, without_role)

    async def without_role(self) -> str:
        """Who sees chats that carry no role: `admins` or `all`."""
        return (await self._rules.book(self._clock.real())).chats_without_role

    async def supervising_role(self) -> str:
        """The keyword of those who are called when an owner does not answer; empty: the admins."""
        return (await self._rules.book(self._clock.real())).values.alert_role

    async def run(self) -> None:
        """Until cancelled: end the streams of people who lost their login, or whose roles changed."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(REFRESH_S):
                    await self._refresh_now.wait()
            self._refresh_now.clear()
            try:
                await self.refresh()
            except Exception:
                log.exception("the rights of the open streams could not be read; trying again")

    async def refresh(self) -> None:
        viewers = list(self._viewers)
        if not viewers:
            return
        async with self._database.reading() as tx:
            current = await standings(tx, {viewer.user.login_id for viewer in viewers})
        for viewer in viewers:
            self._judge(viewer, current.get(viewer.user.login_id))

    def _judge(self, viewer: Viewer, standing: Standing | None) -> None:
        user, idle = viewer.user, timedelta(hours=self._settings.login_idle_hours)
        if standing is None or standing.times.has_ended(self._clock.real(), idle, LONGEST):
            viewer.end(Ending.SIGNED_OUT)
        elif (standing.role_ids, standing.must_change) != (user.role_ids, user.must_change_password):
            viewer.end(Ending.RESET)
