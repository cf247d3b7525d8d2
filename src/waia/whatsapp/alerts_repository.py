"""All SQL about alerts of the account: what Meta told, what waia notices of itself, what is over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from waia.kit.db import Transaction
from waia.kit.sql import insert_ignore
from waia.whatsapp.models import AccountAlert


async def raise_alert(
    tx: Transaction,
    *,
    now: datetime,
    kind: str,
    text: str,
    raw: bytes,
    severity: str = "info",
    phone_number_id: str = "",
) -> None:
    """Tell the admins once: an open alert of the same kind, number and text is not repeated."""
    same = select(func.count()).where(
        AccountAlert.kind == kind,
        AccountAlert.phone_number_id == phone_number_id,
        AccountAlert.text == text[:500],
        AccountAlert.seen_at.is_(None),
        AccountAlert.resolved_at.is_(None),
    )
    if (await tx.execute(same)).scalar_one():
        return
    row = {"at": now, "kind": kind[:60], "severity": severity, "phone_number_id": phone_number_id[:40]}
    await tx.execute(insert(AccountAlert).values(**row, text=text[:500], raw=raw))
    tx.announce("account_changed", None)


async def open_alerts(tx: Transaction, limit: int = 20) -> Sequence[Any]:
    """Neither seen nor over; the newest first."""
    columns = (AccountAlert.id, AccountAlert.at, AccountAlert.kind, AccountAlert.severity, AccountAlert.text)
    open_ = select(*columns).where(AccountAlert.seen_at.is_(None), AccountAlert.resolved_at.is_(None))
    found: Sequence[Any] = (await tx.execute(open_.order_by(AccountAlert.id.desc()).limit(limit))).all()
    return found


async def begin_condition(
    tx: Transaction, condition: str, *, kind: str, text: str, severity: str, now: datetime, phone_number_id: str = ""
) -> int | None:
    """Tell the admins once for as long as it lasts; the alert's id, None when they know already."""
    row = {"at": now, "kind": kind[:60], "severity": severity, "phone_number_id": phone_number_id[:40]}
    row |= {"text": text[:500], "raw": b"", "seen_at": None, "condition": condition, "resolved_at": None}
    if not (await tx.execute(insert_ignore(tx.dialect, AccountAlert), [row])).rowcount:
        return None
    tx.announce("account_changed", None)
    return int((await tx.execute(select(AccountAlert.id).where(AccountAlert.condition == condition))).scalar_one())


async def conditions(tx: Transaction) -> dict[str, Any]:
    """What goes on, by name: (id, at, kind, phone_number_id)."""
    columns = (AccountAlert.condition, AccountAlert.id, AccountAlert.at, AccountAlert.kind)
    going_on = select(*columns, AccountAlert.phone_number_id).where(AccountAlert.condition.is_not(None))
    return {row.condition: row for row in await tx.execute(going_on)}


async def end_condition(tx: Transaction, condition: str, now: datetime) -> bool:
    """It is over, and nobody has to look at it any more. False when it was over before."""
    this = update(AccountAlert).where(AccountAlert.condition == condition)
    over = bool((await tx.execute(this.values(condition=None, resolved_at=now))).rowcount)
    if over:
        tx.announce("account_changed", None)
    return over


async def alert_with(tx: Transaction, alert_id: int) -> Any:
    """While it is open; None otherwise."""
    columns = (AccountAlert.id, AccountAlert.kind, AccountAlert.text)
    open_ = select(*columns).where(AccountAlert.id == alert_id, AccountAlert.resolved_at.is_(None))
    return (await tx.execute(open_)).one_or_none()


async def mark_alert_seen(tx: Transaction, alert_id: int, now: datetime) -> bool:
    """Whether there was such an alert, open or not."""
    changed = await tx.execute(update(AccountAlert).where(AccountAlert.id == alert_id).values(seen_at=now))
    tx.announce("account_changed", None)
    return bool(changed.rowcount)
