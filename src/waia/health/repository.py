"""What the database tells of itself and of work that does not get on. Only reads, but for the sign of life."""

from datetime import UTC, datetime

from sqlalchemy import func, select, text, update

from waia.chats.models import OutboxItem
from waia.kit.db import Transaction, server_variables
from waia.kit.events import Counter
from waia.kit.queue import Lane
from waia.kit.sql import insert_ignore
from waia.whatsapp.models import InboxItem

LOOPS_SEEN = "loops_seen"
VARIABLES = ("version", "tx_isolation", "transaction_isolation", "character_set_database", "max_allowed_packet")
MILLISECOND = 1000


async def journal_mode(tx: Transaction) -> str:
    """Of the file, so any connection tells it."""
    return str((await tx.execute(text("PRAGMA journal_mode"))).scalar_one())


async def server_facts(tx: Transaction) -> dict[str, str]:
    """Variables of MariaDB/MySQL as this session has them."""
    return await server_variables(tx, VARIABLES)


async def server_now(tx: Transaction) -> datetime:
    told: datetime = (await tx.execute(text("SELECT UTC_TIMESTAMP(6)"))).scalar_one()
    return told.replace(tzinfo=UTC)


async def dead_items(tx: Transaction) -> int:
    """What was tried again and again and is kept as it came."""
    return int((await tx.execute(select(func.count()).where(InboxItem.state == "dead"))).scalar_one())


async def doubtful_sends(tx: Transaction, before: datetime) -> int:
    """Messages of which nobody has known since then whether they went out."""
    doubtful = select(func.count()).where(OutboxItem.state == "uncertain", OutboxItem.uncertain_since < before)
    return int((await tx.execute(doubtful)).scalar_one())


async def overdue_lanes(tx: Transaction, before: datetime) -> dict[str, int]:
    """How many lanes of each queue should have been taken by then."""
    late = select(Lane.queue, func.count()).where(Lane.due_at < before).group_by(Lane.queue).order_by(Lane.queue)
    return {queue: int(count) for queue, count in await tx.execute(late)}


async def loops_seen_at(tx: Transaction) -> datetime | None:
    """When a process that runs the loops last said that it does; None: never."""
    value = (await tx.execute(select(Counter.value).where(Counter.name == LOOPS_SEEN))).scalar_one_or_none()
    return None if value is None else datetime.fromtimestamp(value / MILLISECOND, UTC)


async def note_loops(tx: Transaction, now: datetime) -> None:
    value = round(now.timestamp() * MILLISECOND)
    if not (await tx.execute(update(Counter).where(Counter.name == LOOPS_SEEN).values(value=value))).rowcount:
        await tx.execute(insert_ignore(tx.dialect, Counter), [{"name": LOOPS_SEEN, "value": value}])
