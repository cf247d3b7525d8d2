"""Blue ticks and "typing" for the customer, where the owner wants them: best effort, never in the way of a message."""

import asyncio
from dataclasses import dataclass

from waia.chats.receipts import READ, RECEIPTS, TYPING, parse_key
from waia.chats.repository import last_inbound
from waia.kit import queue
from waia.kit.clock import Clock
from waia.kit.db import Database, Transaction
from waia.kit.failpoints import reach
from waia.whatsapp.client import GraphClient
from waia.workers.loop import until_due

__all__ = ["READ", "TYPING", "ReceiptsWorker"]


@dataclass(slots=True)
class ReceiptsWorker:
    """A lost receipt is not sent again: the next message of the customer brings another."""

    database: Database
    clock: Clock
    client: GraphClient

    async def step(self) -> float:
        wait_s = await until_due(self.database, RECEIPTS, self.clock.real())
        if wait_s > 0:
            return wait_s
        marks = await self.database.run(self._take)
        reach("receipts.after_claim")
        await asyncio.gather(
            *(self.client.mark_read(number, wamid, typing=typing) for number, wamid, typing in marks),
            return_exceptions=True,
        )
        return 0.0

    async def _take(self, tx: Transaction) -> list[tuple[str, str, bool]]:
        keys = await queue.take(tx, RECEIPTS, self.clock.real())
        await queue.finish(tx, RECEIPTS, keys)
        wanted = [parse_key(key) for key in keys]
        found = await last_inbound(tx, [chat_id for _, chat_id in wanted])
        return [(*found[chat_id], kind == TYPING) for kind, chat_id in wanted if chat_id in found]
