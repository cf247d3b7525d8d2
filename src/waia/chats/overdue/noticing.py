"""Finds waits that have become too long and says so, each once, whoever looks; ends what is over."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from waia.chats.overdue import repository
from waia.chats.overdue.repository import OWNER, SUPERVISORS, Wait
from waia.kit import queue
from waia.kit.db import Database, Transaction
from waia.kit.failpoints import reach
from waia.rules.book import Flow

CALLS = "alerts"
OVERDUE = "overdue"
MOST_AT_ONCE = 200
OLDEST = timedelta(days=7)  # what lies longer is nobody's news, as on the day on which alerts begin


async def look(database: Database, flow: Flow, now: datetime, real_now: datetime) -> int:
    """How many waits became news. While it is closed nobody's wait grows, so nothing new is looked for."""
    async with database.reading() as tx:
        over = await repository.ended(tx)
        found = [(level, await _late(tx, flow, level, now)) for level in _levels(flow)] if flow.is_open(now) else []
    if over:
        await database.run(lambda tx: repository.end(tx, over, now))
    noticed = 0
    for level, waits in found:
        if waits:
            noticed += await database.run(lambda tx: _notice(tx, level, waits, now, real_now))  # noqa: B023
    return noticed


def lane_key(wait: Wait, level: int) -> str:
    return f"{level}:{wait.chat_id}:{wait.waiting_since.isoformat()}"


def read_lane_key(key: str) -> tuple[int, Wait]:
    level, chat_id, since = key.split(":", 2)
    return int(level), Wait(int(chat_id), datetime.fromisoformat(since))


def _levels(flow: Flow) -> list[int]:
    values = flow.values
    if not values.alert_after_min:
        return []
    return [OWNER, SUPERVISORS] if values.alert_escalate_min else [OWNER]


async def _late(tx: Transaction, flow: Flow, level: int, now: datetime) -> list[Wait]:
    values = flow.values
    minutes = values.alert_after_min + (values.alert_escalate_min if level == SUPERVISORS else 0)
    since = flow.waited_since(now, minutes)
    return await repository.unnoticed(tx, level, since, now - OLDEST, MOST_AT_ONCE)


async def _notice(tx: Transaction, level: int, waits: Sequence[Wait], now: datetime, real_now: datetime) -> int:
    """The row, what lists show, and the call that is to be made: together, or not at all."""
    there = await repository.still_waiting(tx, waits)
    new = [wait for wait in there if await repository.notice(tx, wait, level, now)]
    for wait in new:
        tx.announce("chat_changed", wait.chat_id)
    await queue.push(tx, CALLS, [(lane_key(wait, level), real_now) for wait in new])
    reach("alerts.before_commit")
    return len(new)
