"""Looks through sheets that owners uploaded, one at a time, in a child process of its own."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec

from waia.kit.clock import Clock
from waia.kit.db import Database
from waia.media.storage import Storage
from waia.owner.sheets import repository as imports
from waia.owner.sheets import targets
from waia.owner.sheets.box import look_through
from waia.owner.sheets.outcome import next_changes
from waia.owner.sheets.repository import Waiting
from waia.rules.book import Rules

POLL_S = 2.0
# Whoever stores a webhook waits for no more rows than these.
AT_ONCE = 250
TOLD_EVERY = timedelta(seconds=0.5)


@dataclass(slots=True)
class SheetsWorker:
    database: Database
    clock: Clock
    storage: Storage
    rules: Rules

    async def step(self) -> float:
        now = self.clock.real()
        async with self.database.reading() as tx:
            found = await imports.next_waiting(tx, now)
        if found is None:
            return POLL_S
        waiting = await self.database.run(lambda tx: imports.claim(tx, found, now))
        if waiting is not None:
            await self._look_through(waiting)
        return 0.0

    async def _look_through(self, waiting: Waiting) -> None:
        handlers = sorted((await self.rules.book(self.clock.real())).settings.handlers)
        async with self.database.reading() as tx:
            compared = await targets.context_of(tx, waiting.kind, handlers, replace_all=waiting.replace_all)
        told_at: list[datetime] = []

        async def tell(rows: int) -> None:
            now = self.clock.real()
            if not told_at or now - told_at[-1] > TOLD_EVERY:
                told_at.append(now)
                await self.database.run(lambda tx: imports.note_progress(tx, waiting.id, rows, now))

        async with self.storage.workspace() as folder:
            summary, changes = await look_through(waiting.content, compared.context, folder, tell)
            await self._keep(waiting.id, changes)
        outcome = {
            "state": "refused" if summary.problems else "ready",
            "report": msgspec.json.encode(summary).decode(),
            "basis": compared.basis,
        }
        await self.database.run(lambda tx: imports.store_outcome(tx, waiting.id, outcome))

    async def _keep(self, import_id: int, lines: Path) -> None:
        """What it changes, as rows. What a worker that went silent left is forgotten."""
        await self.database.run(lambda tx: imports.forget_changes(tx, import_id))
        place = added = 0
        with lines.open("rb") as file:
            while changes := await asyncio.to_thread(next_changes, file, AT_ONCE):
                add = partial(imports.add_changes, import_id=import_id, changes=changes, place=place, added=added)
                if not await self.database.run(partial(add, now=self.clock.real())):
                    return
                place, added = place + len(changes), added + sum(one.id is None for one in changes)
