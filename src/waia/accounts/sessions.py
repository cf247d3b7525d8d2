"""Finds who is signed in by the token in the cookie, cheaply enough for every request and open stream."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from waia.accounts.cookies import csrf_token, is_token, new_token, token_hash
from waia.accounts.logins import repository
from waia.accounts.logins.repository import FoundLogin
from waia.accounts.signed_in import ADMIN, LoginTimes, SignedIn
from waia.kit.clock import Clock
from waia.kit.db import Database, Transaction
from waia.kit.events import LoggedEvent

LONGEST = timedelta(days=7)
SEEN_EVERY = timedelta(seconds=60)
KNOWN_FOR = timedelta(seconds=4)
SEEN_WAIT_S = 0.5
MOST_KNOWN = 5_000
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody signed in, with what was true at `read_at`."""

    user: SignedIn
    times: LoginTimes
    read_at: datetime


class Sessions:
    """Reads are kept for four seconds. A logout in this process shows at once; so does a change of rights, and one in
    another process as soon as its event is heard."""

    def __init__(self, database: Database, clock: Clock, idle: timedelta) -> None:
        self._database, self._clock, self.idle = database, clock, idle
        self._known: OrderedDict[str, Known] = OrderedDict()
        self._changes = 0

    async def find(self, token: str | None, *, counts_as_use: bool = True) -> Known | None:
        """Who holds this token; None when it is unknown, revoked, idle for too long, or too old."""
        if token is None or not is_token(token):
            return None
        key = token_hash(token)
        known = self._remembered(key) or await self._read(key, csrf_token(token))
        if known is None or known.times.has_ended(self._clock.real(), self.idle, LONGEST):
            return None
        return await self._seen(key, known) if counts_as_use else known

    async def still(self, user: SignedIn) -> SignedIn | None:
        """The same person with today's roles, for an open stream; None once the login has ended."""
        async with self._database.reading() as tx:
            found = await repository.login_by_id(tx, user.login_id)
        if found is None or found.times.has_ended(self._clock.real(), self.idle, LONGEST):
            return None
        return signed_in(found, user.csrf_token)

    async def open(self, tx: Transaction, user_id: int, *, address: str, user_agent: str) -> str:
        """A new login row; the answer is the token for its cookie."""
        token = new_token()
        await repository.add_login(
            tx,
            token_hash=token_hash(token),
            user_id=user_id,
            now=self._clock.real(),
            address=address,
            user_agent=user_agent,
        )
        return token

    def forget_user(self, user_id: int) -> None:
        """Call after the commit of whatever changed the user's rights or logins."""
        self._changes += 1
        for key in [key for key, known in self._known.items() if known.user.id == user_id]:
            del self._known[key]

    def hear(self, events: Sequence[LoggedEvent]) -> None:
        """Another process may have changed somebody's rights or logins."""
        for event in events:
            if event.kind == "user_changed":
                self.forget_user(int(event.ref))

    def forget(self, token: str | None) -> None:
        """Call after the commit that ended this login."""
        self._changes += 1
        if token is not None:
            self._known.pop(token_hash(token), None)

    def _remembered(self, key: str) -> Known | None:
        known = self._known.get(key)
        if known is None or abs(self._clock.real() - known.read_at) > KNOWN_FOR:
            return None
        return known

    async def _read(self, key: str, csrf: str) -> Known | None:
        changes = self._changes
        async with self._database.glancing() as tx:
            found = await repository.login_by_token(tx, key)
        if found is None:
            self._known.pop(key, None)
            return None
        known = Known(signed_in(found, csrf), found.times, self._clock.real())
        if changes == self._changes:
            self._remember(key, known)
        return known

    def _remember(self, key: str, known: Known) -> None:
        self._known[key] = known
        self._known.move_to_end(key)
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)

    async def _seen(self, key: str, known: Known) -> Known | None:
        now = self._clock.real()
        if now - known.times.last_seen_at < SEEN_EVERY:
            return known
        if not await self._write_seen(known, now):
            self._known.pop(key, None)
            return None
        seen = replace(known, times=replace(known.times, last_seen_at=now))
        if key in self._known:
            self._known[key] = seen
        return seen

    async def _write_seen(self, known: Known, now: datetime) -> bool:
        """A database that cannot be written to for a moment must not keep anybody from reading."""
        writing = asyncio.create_task(self._database.run(lambda tx: repository.mark_seen(tx, known.user.login_id, now)))
        writing.add_done_callback(_note_failure)
        done, _ = await asyncio.wait([writing], timeout=SEEN_WAIT_S)
        return writing.result() if done and writing.exception() is None else True


def _note_failure(writing: "asyncio.Task[bool]") -> None:
    if not writing.cancelled() and (error := writing.exception()) is not None:
        log.warning("login not marked as used", cause=type(error).__name__)


def signed_in(found: FoundLogin, csrf: str) -> SignedIn:
    keywords = frozenset(keyword for _, keyword in found.roles)
    return SignedIn(
        id=found.user_id,
        username=found.username,
        name=found.display_name or found.username,
        role_ids=frozenset(role_id for role_id, _ in found.roles),
        role_keywords=keywords,
        is_admin=ADMIN in keywords,
        login_id=found.id,
        csrf_token=csrf,
        language=found.language,
        must_change_password=found.must_change_password,
        is_away=found.is_away,
        theme=found.theme,
    )
