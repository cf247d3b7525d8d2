"""Lanes: the one queue. A lane is a key (a customer, a chat) with a due time; its items are worked in order.

Work that only touches the database *takes* lanes: their rows stay locked until commit, so effect and item commit
together and a killed process leaves nothing behind. Work that leaves the machine (a send) *leases* lanes: the due
time becomes the end of the lease, and a release by somebody who lost the lease changes no row (`Fenced`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Index, String, Table, bindparam, case, delete, literal_column, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from waia.kit.columns import Model, UtcDateTime, binary_text
from waia.kit.db import Transaction
from waia.kit.prepared import Prepared
from waia.kit.sql import insert_or_change, table_of

LEASE = timedelta(seconds=30)
MAX_LANES = 50


class Lane(Model):
    """`owner` names the lease that runs until `due_at`; empty when free. `again_at`: new work came meanwhile."""

    __tablename__ = "lanes"
    __table_args__ = (Index(None, "queue", "due_at"), Model.__table_args__)

    queue: Mapped[str] = mapped_column(String(20), primary_key=True)
    key: Mapped[str] = mapped_column(binary_text(255), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    owner: Mapped[str] = mapped_column(binary_text(120), default="", server_default="")
    fence: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    again_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class Release:
    """`due_at` None: nothing is left to do in this lane."""

    key: str
    due_at: datetime | None = None


class Fenced(Exception):
    """The lease was lost to somebody else: nothing of this transaction may commit."""


async def push(tx: Transaction, queue: str, due: Iterable[tuple[str, datetime]]) -> None:
    """Make lanes due, keeping an earlier due time. A leased lane is marked to be looked at again."""
    soonest: dict[str, datetime] = {}
    for key, due_at in due:
        soonest[key] = min(due_at, soonest.get(key, due_at))
    if not soonest:
        return
    rows = [{"queue": queue, "key": key, "due_at": at, "owner": "", "fence": 0} for key, at in sorted(soonest.items())]
    await tx.change(_PUSH, rows)
    tx.wake(queue)


async def take(tx: Transaction, queue: str, now: datetime, limit: int = MAX_LANES) -> list[str]:
    """Lock up to `limit` due lanes until the end of this transaction; lanes that others hold are passed over."""
    return [row.key for row in await tx.rows(_DUE, {"queue": queue, "now": now, "limit": limit})]


async def take_one(tx: Transaction, queue: str, key: str) -> bool:
    """Lock one lane by its key; False when it is gone or somebody else has it."""
    wanted = select(Lane.key).where(Lane.queue == queue, Lane.key == key).with_for_update(skip_locked=True)
    return (await tx.execute(wanted)).scalar_one_or_none() is not None


async def due_keys(tx: Transaction, queue: str, now: datetime, limit: int = MAX_LANES) -> list[str]:
    """Due lanes without locking them."""
    due = select(Lane.key).where(Lane.queue == queue, Lane.due_at <= now).order_by(Lane.due_at).limit(limit)
    return list((await tx.execute(due)).scalars())


async def finish(tx: Transaction, queue: str, keys: Sequence[str]) -> None:
    if keys:
        await tx.change(_FINISH, {"q": queue, "keys": list(keys)})


async def later(tx: Transaction, queue: str, due: Iterable[tuple[str, datetime]]) -> None:
    """Put lanes that this transaction took back, due at another time."""
    rows = [{"q": queue, "k": key, "at": at} for key, at in due]
    if rows:
        await tx.change(_LATER, rows)


async def put_back(tx: Transaction, queue: str, keys: Sequence[str], due_at: datetime) -> None:
    """The same for many lanes and one time."""
    if keys:
        await tx.change(_PUT_BACK, {"q": queue, "keys": list(keys), "at": due_at})


async def lease(tx: Transaction, queue: str, keys: Sequence[str], owner: str, until: datetime) -> None:
    """Turn lanes that this transaction took into leases of `owner` (a name never used before)."""
    if keys:
        await tx.change(_LEASE, {"q": queue, "keys": list(keys), "o": owner, "until": until})


async def renew(tx: Transaction, queue: str, owners: Sequence[str], until: datetime) -> None:
    """Hold on to leases whose work takes longer."""
    if owners:
        await tx.execute(_RENEW, {"q": queue, "owners": list(owners), "until": until})


async def release(tx: Transaction, queue: str, owner: str, releases: Sequence[Release]) -> None:
    """Give leased lanes back; a lane to which work came meanwhile becomes due at once. Raises `Fenced`."""
    done = [item.key for item in releases if item.due_at is None]
    again = [{"q": queue, "k": item.key, "o": owner, "at": item.due_at} for item in releases if item.due_at]
    changed = 0
    if done:
        held = {"q": queue, "keys": done, "o": owner}
        changed += (await tx.change(_RELEASE_DONE, held)).count
        if changed < len(done):
            changed += (await tx.change(_RELEASE_AGAIN, held)).count
    if again:
        changed += (await tx.change(_RELEASE_LATER, again)).count
    if changed != len(releases):
        raise Fenced(queue)
    tx.wake(queue)


async def next_due(tx: Transaction, queue: str) -> datetime | None:
    """When the next lane becomes due; None when there is none."""
    found = await tx.rows(_NEXT, {"queue": queue})
    return found[0].due_at if found else None


async def pull_back(tx: Transaction, queues: Sequence[str], farthest: datetime, now: datetime) -> int:
    """Make due what nobody can have meant: lanes due later than `farthest`, because the clock was set back."""
    due_at = case((Lane.owner == "", now), else_=now + LEASE)
    too_far = update(Lane).where(Lane.queue.in_(queues), Lane.due_at > farthest).values(due_at=due_at)
    return int((await tx.execute(too_far)).rowcount)


async def has_lane_after(tx: Transaction, queues: Sequence[str], farthest: datetime) -> bool:
    found = await tx.execute(select(Lane.key).where(Lane.queue.in_(queues), Lane.due_at > farthest).limit(1))
    return found.first() is not None


async def free_leases_of(tx: Transaction, owner_prefix: str, now: datetime) -> int:
    """End the leases of a process that is gone, so that its lanes need not wait for the lease to run out."""
    gone = update(Lane).where(Lane.owner.startswith(owner_prefix, autoescape=True)).values(due_at=now)
    return int((await tx.execute(gone)).rowcount)


async def leased_by(tx: Transaction, queue: str, owner: str) -> list[str]:
    """The lanes that this very lease holds."""
    return list((await tx.execute(select(Lane.key).where(Lane.queue == queue, Lane.owner == owner))).scalars())


async def lease_owners(tx: Transaction) -> list[str]:
    return list((await tx.execute(select(Lane.owner).where(Lane.owner != "").distinct())).scalars())


def _sooner(lanes: Table, new: Any) -> dict[Any, Any]:
    """An earlier due time wins; a leased lane is noted to be looked at again."""
    free = lanes.c.owner == literal_column("''")  # asyncmy's bulk insert takes no parameters after VALUES
    sooner_again = or_(lanes.c.again_at.is_(None), lanes.c.again_at > new.due_at)
    return {
        # MySQL applies these from left to right, so `again_at` comes first: it reads the owner only.
        lanes.c.again_at: case((~free & sooner_again, new.due_at), else_=lanes.c.again_at),
        lanes.c.due_at: case((free & (lanes.c.due_at > new.due_at), new.due_at), else_=lanes.c.due_at),
    }


def _mine() -> Any:
    return (Lane.queue == bindparam("q")) & (Lane.key == bindparam("k"))


_PUSH = Prepared(lambda dialect: insert_or_change(dialect, Lane, ("queue", "key"), _sooner, name="sooner"))
_NEXT = Prepared(select(Lane.due_at).where(Lane.queue == bindparam("queue")).order_by(Lane.due_at).limit(1))
_DUE = Prepared(
    select(Lane.key)
    .where(Lane.queue == bindparam("queue"), Lane.due_at <= bindparam("now", type_=UtcDateTime))
    .order_by(Lane.due_at)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_LANE = table_of(Lane)
_THESE = (_LANE.c.queue == bindparam("q")) & _LANE.c.key.in_(bindparam("keys", expanding=True))
_FINISH = Prepared(delete(_LANE).where(_THESE))
_LATER = Prepared(update(Lane).where(_mine()).values(due_at=bindparam("at"), owner="", again_at=None))
_PUT_BACK = Prepared(update(_LANE).where(_THESE).values(due_at=bindparam("at"), owner="", again_at=None))
_LEASE = Prepared(
    update(_LANE)
    .where(_THESE)
    .values(due_at=bindparam("until"), owner=bindparam("o"), fence=_LANE.c.fence + 1, again_at=None)
)
_RENEW = (
    update(_LANE)
    .where(_LANE.c.queue == bindparam("q"), _LANE.c.owner.in_(bindparam("owners", expanding=True)))
    .values(due_at=bindparam("until"))
)
_HELD = (Lane.queue == bindparam("q")) & (Lane.key == bindparam("k")) & (Lane.owner == bindparam("o"))
_THESE_HELD = _THESE & (_LANE.c.owner == bindparam("o"))
_RELEASE_DONE = Prepared(delete(_LANE).where(_THESE_HELD, _LANE.c.again_at.is_(None)))
_RELEASE_AGAIN = Prepared(
    update(_LANE)
    .where(_THESE_HELD, _LANE.c.again_at.is_not(None))
    .values(due_at=_LANE.c.again_at, owner="", again_at=None)
)
_RELEASE_LATER = Prepared(
    update(Lane)
    .where(_HELD)
    .values(
        due_at=case(
            (Lane.again_at < bindparam("at", type_=UtcDateTime), Lane.again_at),
            else_=bindparam("at", type_=UtcDateTime),
        ),
        owner="",
        again_at=None,
    )
)
