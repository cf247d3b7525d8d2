"""What admins have to know of waia itself: messages that wait, sends that fail, a number that cannot send, a full disk.

Each is told once for as long as it lasts, and is over by itself.
"""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from waia.chats.health_repository import failed_since, was_sent_since
from waia.chats.outbox_repository import waiting_count
from waia.kit.db import Database, Transaction
from waia.kit.disk import MB, Disk
from waia.rules.book import Flow
from waia.whatsapp.alerts_repository import begin_condition, conditions, end_condition
from waia.whatsapp.repository import backlog
from waia.workers.recording import SENDING_STOPPED

FAILED_WITHIN = timedelta(minutes=30)
INBOX_WAITS, OUTBOX_WAITS, SENDS_FAIL, DISK_LOW, DISK_FULL = (
    "inbox_waits", "outbox_waits", "sends_fail", "disk_low", "disk_full",
)  # fmt: skip
LOW = 4
"""So many times the reserve is little."""


@dataclass(frozen=True, slots=True)
class Condition:
    """`name` is unique while it lasts; `value` is the number that its words tell."""

    name: str
    kind: str
    severity: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Watch:
    """Looks at everything; several processes may, each thing is told once."""

    database: Database
    disk: Disk

    async def look(self, flow: Flow, now: datetime, real_now: datetime) -> list[int]:
        """The ids of alerts that are new."""
        async with self.database.reading() as tx:
            going_on = await conditions(tx)
            found = {each.name: each for each in [*await _found(tx, flow, now, real_now), *self._disk()]}
            over = [name for name in going_on if name in _judged() and name not in found]
            over += [name for name, row in going_on.items() if await _sends_again(tx, row)]
        new = [each for name, each in found.items() if name not in going_on]
        if not (new or over):
            return []
        return await self.database.run(lambda tx: _tell(tx, new, over, real_now))

    def _disk(self) -> Iterator[Condition]:
        if self.disk.folder is None:
            return
        free = self.disk.free_bytes()
        if free < self.disk.reserve_bytes:
            yield Condition(here(DISK_FULL), DISK_FULL, "critical", str(free // MB))
        elif free < LOW * self.disk.reserve_bytes:
            yield Condition(here(DISK_LOW), DISK_LOW, "warning", str(free // MB))


async def _found(tx: Transaction, flow: Flow, now: datetime, real_now: datetime) -> list[Condition]:
    values = flow.values
    found: list[Condition] = []
    if values.alert_backlog_min:
        longest = timedelta(minutes=values.alert_backlog_min)
        minutes = f"{values.alert_backlog_min:g}"
        for name, (_, oldest) in ((INBOX_WAITS, await backlog(tx)), (OUTBOX_WAITS, await waiting_count(tx))):
            if oldest is not None and real_now - oldest > longest:
                found.append(Condition(name, name, "critical", minutes))
    if values.alert_failed_sends and await failed_since(tx, now - FAILED_WITHIN) >= values.alert_failed_sends:
        found.append(Condition(SENDS_FAIL, SENDS_FAIL, "critical", f"{values.alert_failed_sends:g}"))
    return found


async def _sends_again(tx: Transaction, row: Any) -> bool:
    """A number that could not send is well again with the first message that WhatsApp takes."""
    return row.kind == SENDING_STOPPED and await was_sent_since(tx, row.phone_number_id, row.at)


async def _tell(tx: Transaction, new: list[Condition], over: list[str], now: datetime) -> list[int]:
    for name in over:
        await end_condition(tx, name, now)
    ids = [
        await begin_condition(tx, each.name, kind=each.kind, text=each.value, severity=each.severity, now=now)
        for each in new
    ]
    return [alert_id for alert_id in ids if alert_id is not None]


def _judged() -> set[str]:
    """What this process can say is over; the disk of another machine is that machine's business."""
    return {INBOX_WAITS, OUTBOX_WAITS, SENDS_FAIL, here(DISK_LOW), here(DISK_FULL)}


def here(kind: str) -> str:
    """The name of a condition of this machine."""
    return f"{kind}:{socket.gethostname()}"[:100]
