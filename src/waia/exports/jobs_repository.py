"""All SQL of files in the making: asked for, claimed by one worker, ready for a day, then gone."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import delete, func, insert, or_, select, update

from waia.exports.models import ExportJob
from waia.exports.selection import Form, Kind, Selection
from waia.kit.db import Transaction
from waia.kit.sql import table_of

EXPORTS = "exports"
ABANDONED = timedelta(seconds=60)
KEPT = timedelta(hours=24)
MOST_TRIES = 3
MOST_OPEN = 5
_JOB = table_of(ExportJob)


@dataclass(frozen=True, slots=True)
class Job:
    """`claim` is new with every try: whoever holds an older one writes nothing any more."""

    id: int
    user_id: int
    kind: Kind
    form: Form
    selection: Selection
    claim: str


async def open_jobs(tx: Transaction, user_id: int) -> int:
    """How many of this person's are waiting or being made."""
    mine = select(func.count()).where(_JOB.c.user_id == user_id, _JOB.c.state.in_(("waiting", "working")))
    return int((await tx.execute(mine)).scalar_one())


async def add_job(tx: Transaction, user_id: int, kind: Kind, form: Form, selection: Selection, now: datetime) -> str:
    """Its public id."""
    public_id = secrets.token_hex(16)
    row = {"public_id": public_id, "user_id": user_id, "kind": str(kind), "form": str(form)}
    row |= {"selection": msgspec.to_builtins(selection), "created_at": now, "expires_at": now + KEPT}
    await tx.execute(insert(_JOB).values(**row))
    tx.wake(EXPORTS)
    return public_id


async def jobs_of(tx: Transaction, user_id: int, now: datetime) -> Sequence[Any]:
    """The newest first."""
    mine = select(_JOB).where(_JOB.c.user_id == user_id, _JOB.c.expires_at > now).order_by(_JOB.c.id.desc())
    found: Sequence[Any] = (await tx.execute(mine)).all()
    return found


async def job_of(tx: Transaction, public_id: str, user_id: int, now: datetime) -> Any:
    """Only one's own, while it lasts; None otherwise."""
    own = select(_JOB).where(_JOB.c.public_id == public_id, _JOB.c.user_id == user_id, _JOB.c.expires_at > now)
    return (await tx.execute(own)).one_or_none()


async def next_job(tx: Transaction, now: datetime) -> int | None:
    """Also one whose worker went silent."""
    found: int | None = (
        await tx.execute(select(_JOB.c.id).where(_is_free(now)).order_by(_JOB.c.id).limit(1))
    ).scalar_one_or_none()
    return found


async def claim_job(tx: Transaction, job_id: int, now: datetime) -> Job | None:
    """None when another worker was faster."""
    claim = secrets.token_hex(16)
    values = {"state": "working", "claim": claim, "claimed_at": now, "done": 0, "rows": 0, "tries": _JOB.c.tries + 1}
    taken = update(_JOB).where(_JOB.c.id == job_id, _is_free(now)).values(**values)
    if not (await tx.execute(taken)).rowcount:
        return None
    row = (await tx.execute(select(_JOB).where(_JOB.c.id == job_id))).one()
    selection = msgspec.convert(row.selection, Selection)
    return Job(row.id, row.user_id, Kind(row.kind), Form(row.form), selection, claim)


async def note_progress(tx: Transaction, job: Job, total: int, done: int, rows: int, now: datetime) -> bool:
    """False when the claim is lost: somebody else makes it, or nobody wants it any more."""
    values = {"total": total, "done": done, "rows": rows, "claimed_at": now}
    return bool((await tx.execute(_held(job).values(**values))).rowcount)


async def finish_job(tx: Transaction, job: Job, *, key: str, size: int, rights: str, now: datetime) -> bool:
    values = {"state": "ready", "storage_key": key, "size": size, "rights": rights, "expires_at": now + KEPT}
    return bool((await tx.execute(_held(job).values(**values))).rowcount)


async def give_up(tx: Transaction, job: Job, *, for_good: bool) -> None:
    """After three tries for good; until then it waits for the next."""
    failed = _JOB.c.tries >= MOST_TRIES
    state = "failed" if for_good else None
    if state is None:
        tries = (await tx.execute(select(failed).where(_JOB.c.id == job.id))).scalar_one_or_none()
        state = "failed" if tries else "waiting"
    await tx.execute(_held(job).values(state=state, claim=""))


async def forget_job(tx: Transaction, public_id: str, user_id: int) -> str | None:
    """The key of its file, empty when there is none yet; None when there is no such job."""
    mine = (_JOB.c.public_id == public_id) & (_JOB.c.user_id == user_id)
    key: str | None = (await tx.execute(select(_JOB.c.storage_key).where(mine))).scalar_one_or_none()
    await tx.execute(delete(_JOB).where(mine))
    return key


async def expired_jobs(tx: Transaction, now: datetime) -> list[tuple[int, str]]:
    """(id, key of the file)"""
    old = select(_JOB.c.id, _JOB.c.storage_key).where(_JOB.c.expires_at <= now).limit(100)
    return [(job_id, key) for job_id, key in await tx.execute(old)]


async def forget_jobs(tx: Transaction, job_ids: Sequence[int]) -> None:
    if job_ids:
        await tx.execute(delete(_JOB).where(_JOB.c.id.in_(job_ids)))


async def known_keys(tx: Transaction, keys: Sequence[str]) -> set[str]:
    return set((await tx.execute(select(_JOB.c.storage_key).where(_JOB.c.storage_key.in_(keys)))).scalars())


def _is_free(now: datetime) -> Any:
    silent = (_JOB.c.state == "working") & (_JOB.c.claimed_at < now - ABANDONED)
    return or_(_JOB.c.state == "waiting", silent) & (_JOB.c.expires_at > now)


def _held(job: Job) -> Any:
    return update(_JOB).where(_JOB.c.id == job.id, _JOB.c.claim == job.claim, _JOB.c.state == "working")
