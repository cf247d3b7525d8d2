"""Takes chats out of the lists of every day that nobody touched for long and in which nobody waits."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from waia.chats import management, repository
from waia.kit.clock import Clock
from waia.kit.db import Database, Transaction
from waia.rules.book import Flow, Rules

EVERY_S = 60.0
MAX_CHATS = 100


@dataclass(slots=True)
class ArchiveWorker:
    """Several processes may run it: what is archived already is left alone."""

    database: Database
    clock: Clock
    rules: Rules

    async def step(self) -> float:
        flow = await self.rules.book(self.clock.real())
        if not flow.values.archive_days:
            return EVERY_S
        before = self.clock.business() - timedelta(days=flow.values.archive_days)
        async with self.database.reading() as tx:
            old = await repository.untouched_chats(tx, before, MAX_CHATS)
        if old:
            await self.database.run(lambda tx: self._archive(tx, old, before, flow))
        return 0.0 if len(old) == MAX_CHATS else EVERY_S

    async def _archive(self, tx: Transaction, old: list[int], before: datetime, flow: Flow) -> None:
        """Asked again now that nobody else can change them."""
        chats = (await repository.load_chats(tx, old)).values()
        still = [chat for chat in chats if chat.is_untouched_since(before)]
        now, real_now = self.clock.business(), self.clock.real()
        await management.archive(tx, still, now, real_now, flow.chats_without_role)
