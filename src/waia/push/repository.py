"""All SQL about devices that asked for notifications, and pages that are in sight."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, func, insert, select

from waia.accounts.models import Login
from waia.kit.db import Transaction
from waia.kit.sql import upsert
from waia.push.models import PanelLook, PushDevice

MOST_DEVICES = 10
LOOK_LASTS = timedelta(seconds=75)
LOOKS_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a browser gives out: where its push service takes messages, and how they must be sealed."""

    endpoint: str
    public_key: str
    secret: str


@dataclass(frozen=True, slots=True)
class Device:
    id: int
    user_id: int
    login_id: int
    subscription: Subscription
    language: str


async def add_device(
    tx: Transaction, user_id: int, login_id: int, subscription: Subscription, language: str, now: datetime
) -> bool:
    """False when this person's browser was known already. Whoever used the browser before is told nothing any more."""
    known = await tx.execute(select(PushDevice.user_id).where(_is(subscription.endpoint)))
    was_known = known.scalar_one_or_none() == user_id
    await tx.execute(delete(PushDevice).where(_is(subscription.endpoint)))
    await _make_room(tx, user_id)
    row = {"endpoint_hash": _hash(subscription.endpoint), "user_id": user_id, "login_id": login_id}
    row |= {"endpoint": subscription.endpoint, "public_key": subscription.public_key, "secret": subscription.secret}
    await tx.execute(insert(PushDevice).values(**row, language=language, created_at=now))
    return not was_known


async def remove_device(tx: Transaction, user_id: int, endpoint: str) -> bool:
    """Only one of this user's; False if there is none."""
    own = delete(PushDevice).where(_is(endpoint), PushDevice.user_id == user_id)
    return bool((await tx.execute(own)).rowcount)


async def forget_devices(tx: Transaction, device_ids: Collection[int]) -> None:
    """Their push service does not know them any more."""
    if device_ids:
        await tx.execute(delete(PushDevice).where(PushDevice.id.in_(device_ids)))


async def forget_signed_out(tx: Transaction) -> None:
    """A consent ends with its login."""
    ended = select(Login.id).where(Login.revoked_at.is_not(None))
    await tx.execute(delete(PushDevice).where(PushDevice.login_id.in_(ended)))


async def has_devices(tx: Transaction, user_id: int | None = None) -> bool:
    """Whether this user, or anybody, asked to be told."""
    found = select(PushDevice.id).limit(1)
    if user_id is not None:
        found = found.where(PushDevice.user_id == user_id)
    return (await tx.execute(found)).first() is not None


async def devices_out_of_sight(tx: Transaction, now: datetime) -> list[Device]:
    """Those of everybody who looks at no page of the panel."""
    looks = exists(
        select(1).where(PanelLook.user_id == PushDevice.user_id, PanelLook.seen_at > now - LOOK_LASTS)
    ).correlate(PushDevice)
    rows = (await tx.execute(select(PushDevice.__table__).where(~looks).order_by(PushDevice.id))).all()
    return [
        Device(
            row.id,
            row.user_id,
            row.login_id,
            Subscription(row.endpoint, row.public_key, row.secret),
            row.language,
        )
        for row in rows
    ]


async def look(tx: Transaction, page: str, user_id: int, now: datetime) -> None:
    row = {"page": page, "user_id": user_id, "seen_at": now}
    await tx.execute(upsert(tx.dialect, PanelLook, ("page",), ("user_id", "seen_at")), [row])


async def look_away(tx: Transaction, page: str, user_id: int) -> None:
    await tx.execute(delete(PanelLook).where(PanelLook.page == page, PanelLook.user_id == user_id))


async def forget_old_looks(tx: Transaction, now: datetime) -> None:
    await tx.execute(delete(PanelLook).where(PanelLook.seen_at < now - LOOKS_KEPT))


async def _make_room(tx: Transaction, user_id: int) -> None:
    """The oldest go: a browser that forgot its consent never says so."""
    kept = select(PushDevice.id).where(PushDevice.user_id == user_id).order_by(PushDevice.id.desc())
    count = (await tx.execute(select(func.count()).select_from(kept.subquery()))).scalar_one()
    if count >= MOST_DEVICES:
        old = list((await tx.execute(kept.offset(MOST_DEVICES - 1))).scalars())
        await tx.execute(delete(PushDevice).where(PushDevice.id.in_(old)))


def _is(endpoint: str) -> ColumnElement[bool]:
    return PushDevice.endpoint_hash == _hash(endpoint)


def _hash(endpoint: str) -> str:
    return hashlib.sha256(endpoint.encode()).hexdigest()
