"""A shop with two workers that look for what takes too long. It is ten in the morning of 22 November 2026, a Sunday."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from tests.chats.panel_world import NOW, Shop
from tests.push.service import PushService, push_service
from tests.push.world import MovableClock
from waia.chats.models import Chat
from waia.chats.overdue.models import WaitAlert
from waia.chats.overdue.noticing import OVERDUE
from waia.kit.disk import Disk
from waia.kit.events import Event
from waia.whatsapp.models import AccountAlert
from waia.workers.alerts import AlertsWorker
from waia.workers.conditions import Watch

HOURS = "lun-dom 08:00-18:00"


class TowerClock(MovableClock):
    """Both clocks go on by hand; business time begins at `NOW`."""

    def business(self) -> datetime:
        return NOW + self._moved


@dataclass
class Watchtower:
    shop: Shop
    service: PushService
    clock: TowerClock
    workers: list[AlertsWorker]

    async def look(self, **later: float) -> None:
        """Some time goes by; then each worker looks, twice."""
        self.clock.move(**later)
        for worker in (*self.workers, *self.workers):
            await worker.step()

    async def waiting(self, minutes: float, name: str = "Carla", role: str = "ventas", **values: Any) -> int:
        since = self.clock.business() - timedelta(minutes=minutes)
        told = {"holder": "queue", "unanswered_since": since, "estado": "sin_respuesta", **values}
        return await self.shop.add_chat(name, role, **told)

    async def change(self, chat: int, **values: Any) -> None:
        await self.shop.change(update(Chat).where(Chat.id == chat).values(**values))

    async def answered(self, chat: int) -> None:
        await self.change(chat, unanswered_since=None, estado="asesor")

    async def noticed(self) -> dict[int, int]:
        """How often each chat was noticed, on whatever level."""
        return _counted(await self._column(select(WaitAlert.chat_id)))

    async def called(self) -> dict[int, int]:
        """How often people were called about each chat on open pages."""
        return _counted(await self._column(select(Event.chat_id).where(Event.kind == OVERDUE)))

    async def open_alerts(self) -> list[str]:
        open_ = select(AccountAlert.kind).where(AccountAlert.resolved_at.is_(None), AccountAlert.seen_at.is_(None))
        return await self._column(open_.order_by(AccountAlert.id))

    async def all_alerts(self) -> list[str]:
        return await self._column(select(AccountAlert.kind).order_by(AccountAlert.id))

    def give_disk(self, disk: Disk) -> None:
        for worker in self.workers:
            worker.watch = Watch(self.shop.parts.database, disk)

    async def _column(self, statement: Any) -> list[Any]:
        async with self.shop.parts.database.reading() as tx:
            return list((await tx.execute(statement)).scalars())


@asynccontextmanager
async def open_watchtower(folder: Path, url: str, **settings: str) -> AsyncIterator[Watchtower]:
    async with push_service() as service:
        defaults = {"WAIA_HOURS": HOURS, "WAIA_PUSH_HOSTS": f"*.push.test, {service.origin}"}
        shop = await Shop.open(folder, url, **defaults, **settings)
        clock, parts = TowerClock(), shop.parts
        watch = Watch(parts.database, parts.disk)
        idle = parts.accounts.sessions.idle
        workers = [AlertsWorker(parts.database, clock, parts.rules, parts.push, watch, idle) for _ in range(2)]
        yield Watchtower(shop, service, clock, workers)
        await shop.close()


def _counted(found: list[int]) -> dict[int, int]:
    return {chat: found.count(chat) for chat in sorted(set(found))}
