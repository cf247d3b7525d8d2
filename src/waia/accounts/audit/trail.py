"""Adds entries to the audit trail and checks that nobody changed, removed or slipped in one."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from waia.accounts.audit import repository
from waia.accounts.signed_in import SignedIn
from waia.kit.db import Transaction

BEGINNING = "0" * 64
PAGE = 500
FIELDS = ("at", "user_id", "username", "action", "subject", "details", "address")
Plain = str | int | float | bool | None | list[str] | list[int]
Detail = Plain | Mapping[str, Plain]
"""What an entry tells; `before` and `after` are mappings of the fields that changed."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts when nobody is signed in: the command line, the first start, a failed login."""

    id: int | None
    username: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """`first_bad_id`: the entry at which the chain breaks. None though not intact: its end was cut off."""

    intact: bool
    entries: int
    first_bad_id: int | None = None


async def record(
    tx: Transaction,
    actor: SignedIn | Actor,
    action: str,
    *,
    subject: str = "",
    details: Mapping[str, Detail] | None = None,
    address: str = "",
    now: datetime,
) -> None:
    """One entry, committed together with what it tells about."""
    await repository.take_turn(tx)
    previous = await repository.last_hash(tx) or BEGINNING
    entry: dict[str, Any] = {
        "at": now,
        "user_id": actor.id,
        "username": actor.username[:50],
        "action": action[:60],
        "subject": subject[:120],
        "details": dict(details or {}),
        "address": address[:64],
    }
    chained = {"previous_hash": previous, "hash": _hash(previous, entry)}
    await repository.append(tx, entry | chained)


async def verify(tx: Transaction) -> Verdict:
    """Walks the whole chain from its beginning."""
    previous, last_id, entries = BEGINNING, 0, 0
    while page := await repository.entries_after(tx, last_id, PAGE):
        for row in page:
            if row.previous_hash != previous or row.hash != _hash(previous, _entry(row)):
                return Verdict(False, entries, row.id)
            previous, last_id, entries = row.hash, row.id, entries + 1
    return Verdict(entries == await repository.counted(tx), entries)


def _entry(row: Any) -> dict[str, Any]:
    return {field: getattr(row, field) for field in FIELDS}


def _hash(previous: str, entry: Mapping[str, Any]) -> str:
    plain = {**entry, "at": entry["at"].isoformat(timespec="microseconds")}
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()
