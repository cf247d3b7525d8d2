"""A shop with a push service beside it: who agreed is called when a customer waits and nobody looks."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select, update

from tests.chats.panel_world import Shop
from tests.push.service import PushService, push_service
from waia.accounts.models import AuditEntry
from waia.chats.models import Chat
from waia.kit.clock import Clock
from waia.kit.db import Transaction
from waia.push.models import PushDevice
from waia.workers.push import PushWorker

MOST_STEPS = 20


class MovableClock(Clock):
    """Real time, moved on by a test."""

    def __init__(self) -> None:
        super().__init__()
        self._moved = timedelta()

    def real(self) -> datetime:
        return super().real() + self._moved

    def move(self, **by: float) -> None:
        self._moved += timedelta(**by)


@dataclass
class Office:
    shop: Shop
    service: PushService
    clock: MovableClock
    worker: PushWorker

    async def ask(self, name: str, method: str, path: str, body: Any = None) -> httpx.Response:
        """As the page's script does."""
        async with self.shop.browser(name) as browser:
            headers = {"x-csrf-token": browser.csrf, "content-type": "application/json"}
            content = json.dumps(body) if body is not None else None
            return await browser.http.request(method, path, headers=headers, content=content)

    async def agrees(self, name: str, device: str) -> dict[str, Any]:
        subscription = self.service.browser(device)
        answer = await self.ask(name, "POST", "/notificaciones", subscription)
        assert answer.status_code == 204, answer.text
        await self.work()  # what happened before is nobody's news
        return subscription

    async def looks(self, name: str, page: str = "pagina-1", *, visible: bool = True) -> int:
        answer = await self.ask(name, "PUT", "/mirada", {"pagina": page, "visible": visible})
        return int(answer.json()["otra_vez_s"])

    async def chat(self, customer: str = "Diego Ramírez", role: str = "ventas", **values: Any) -> int:
        """One that waits in the queue."""
        return await self.shop.add_chat(customer, role, **{"holder": "queue", **values})

    async def writes(self, chat: int, words: str = "mi clave es 4821", **values: Any) -> None:
        """The customer, and then everybody is called who is to be called."""
        message = await self.shop.add_message(chat, words)
        now = self.shop.parts.clock.business()

        async def note(tx: Transaction) -> None:
            shown = {"preview": words, "preview_author": "customer", "last_message_id": message}
            changed = {**shown, "unanswered_since": now, "unread": 1, **values}
            await tx.execute(update(Chat).where(Chat.id == chat).values(**changed))
            tx.announce("message_added", chat, str(message))

        await self.shop.parts.database.run(note)
        await self.work()

    async def work(self) -> None:
        """Until there is nothing more to do just now."""
        for _ in range(MOST_STEPS):
            if await self.worker.step() > 0:
                return
        raise AssertionError("the worker does not come to rest")

    async def change(self, statement: Any) -> None:
        async with self.shop.parts.database.writing() as tx:
            await tx.execute(statement)

    async def devices(self) -> list[str]:
        async with self.shop.parts.database.reading() as tx:
            found = (await tx.execute(select(PushDevice.endpoint).order_by(PushDevice.id))).scalars()
            return [endpoint.rpartition("/")[2] for endpoint in found]

    async def trail(self) -> list[tuple[str, str]]:
        async with self.shop.parts.database.reading() as tx:
            rows = await tx.execute(select(AuditEntry.username, AuditEntry.action).order_by(AuditEntry.id))
            return [(row.username, row.action) for row in rows if row.action.startswith("push.")]


@asynccontextmanager
async def open_office(folder: Path, database_url: str, **settings: str) -> AsyncIterator[Office]:
    async with push_service() as service:
        shop = await Shop.open(folder, database_url, WAIA_PUSH_HOSTS=f"*.push.test, {service.origin}", **settings)
        clock, parts = MovableClock(), shop.parts
        worker = PushWorker(parts.database, clock, parts.rules, parts.push, parts.accounts.sessions.idle)
        yield Office(shop, service, clock, worker)
        await shop.close()
