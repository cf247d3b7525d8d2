"""Keeps our copy of the account's templates fresh: every few hours, and when Meta or a person says they changed."""

from dataclasses import dataclass
from datetime import timedelta

import structlog

from waia.kit import queue
from waia.kit.clock import Clock
from waia.kit.db import Database, Transaction
from waia.whatsapp.client import GraphClient, GraphTrouble
from waia.whatsapp.template_repository import (
    TEMPLATES,
    note_trouble,
    replace_templates,
    sync_of,
    want_templates,
)
from waia.workers.loop import until_due

EVERY, AGAIN = timedelta(hours=6), timedelta(minutes=5)
PER_PAGE = "100"
log = structlog.get_logger()


@dataclass(slots=True)
class TemplatesWorker:
    """One list at a time. Reading it twice does no harm, so a lane is only put off while it is read."""

    database: Database
    clock: Clock
    client: GraphClient
    account_id: str
    _asked: bool = False

    async def step(self) -> float:
        if not self._asked:
            await self.database.run(self._ask_if_old)
            self._asked = True
        wait_s = await until_due(self.database, TEMPLATES, self.clock.real())
        if wait_s > 0:
            return wait_s
        for account_id in await self.database.run(self._take):
            await self._read(account_id)
        return 0.0

    async def _ask_if_old(self, tx: Transaction) -> None:
        """After a start. Without an account there is nothing to ask for."""
        if not self.account_id:
            return
        last = (await sync_of(tx, self.account_id)).synced_at
        due = last + EVERY if last else self.clock.real()
        await want_templates(tx, self.account_id, due)

    async def _take(self, tx: Transaction) -> list[str]:
        """A list that another account left behind is forgotten."""
        now = self.clock.real()
        keys = await queue.take(tx, TEMPLATES, now)
        await queue.finish(tx, TEMPLATES, [key for key in keys if key != self.account_id])
        mine = [key for key in keys if key == self.account_id]
        await queue.later(tx, TEMPLATES, [(key, now + AGAIN) for key in mine])
        return mine

    async def _read(self, account_id: str) -> None:
        try:
            listed = await self.client.listed(account_id, "message_templates", limit=PER_PAGE)
        except GraphTrouble as trouble:
            words = str(trouble)
            log.warning("templates_not_read", account=account_id, reason=words[:200])
            await self.database.run(lambda tx: note_trouble(tx, account_id, words))
            return
        await self.database.run(lambda tx: self._keep(tx, account_id, listed))

    async def _keep(self, tx: Transaction, account_id: str, listed: list[object]) -> None:
        now = self.clock.real()
        await replace_templates(tx, account_id, listed, now)
        await queue.later(tx, TEMPLATES, [(account_id, now + EVERY)])
