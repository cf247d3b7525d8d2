"""Tells the database which people have which chat open in this process, so that all processes know who is there."""

import asyncio
from collections import Counter
from contextlib import suppress
from uuid import uuid4

import structlog

from waia.chats import presence_repository as repository
from waia.chats.presence_repository import Place
from waia.kit.clock import Clock
from waia.kit.db import Database, Transaction

BEAT_S = 20.0
GATHER_S = 0.3
RETRY_S = 2.0
WATCHERS_CHANGED = "watchers_changed"

log = structlog.get_logger(__name__)


class PresenceBoard:
    """`enter` and `leave` only count; one task writes what changed, several changes at once."""

    def __init__(self, database: Database, clock: Clock, beat_s: float = BEAT_S) -> None:
        self._database, self._clock, self._beat_s = database, clock, beat_s
        self._process = uuid4().hex
        self._open: Counter[Place] = Counter()
        self._told: set[Place] = set()
        self._changed = asyncio.Event()

    def enter(self, user_id: int, chat_id: int | None) -> None:
        self._open[(user_id, chat_id or 0)] += 1
        self._changed.set()

    def leave(self, user_id: int, chat_id: int | None) -> None:
        self._open -= Counter([(user_id, chat_id or 0)])
        self._changed.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._beat_s):
                    await self._changed.wait()
            if self._changed.is_set():
                await asyncio.sleep(GATHER_S)
            changed = self._changed.is_set()
            self._changed.clear()
            try:
                await self._tell(beat=not changed)
            except Exception:
                log.exception("who is there could not be told; trying again")
                await asyncio.sleep(RETRY_S)
                self._changed.set()

    async def _tell(self, *, beat: bool) -> None:
        now, places = self._clock.real(), set(self._open)
        came, left = places - self._told, self._told - places
        if not (came or left or (beat and places)):
            return

        async def work(tx: Transaction) -> None:
            await repository.appear(tx, self._process, came, now)
            await repository.disappear(tx, self._process, left)
            chats = {chat_id for _, chat_id in came | left if chat_id}
            if beat:
                if await repository.beat(tx, self._process, now) < len(places):  # silent for long, and forgotten
                    await repository.appear(tx, self._process, places, now)
                chats |= await repository.forget_silent(tx, now)
            for chat_id in sorted(chats):
                tx.announce(WATCHERS_CHANGED, chat_id)

        await self._database.run(work)
        self._told = places
