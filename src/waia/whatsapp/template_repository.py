"""The account's templates as Meta listed them last: replaced as a whole, read by the panel."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from waia.kit import queue
from waia.kit.db import Transaction
from waia.kit.sql import upsert
from waia.whatsapp.models import MessageTemplate, TemplateSync
from waia.whatsapp.template_book import APPROVED, Definition, read_definition

TEMPLATES = "templates"
MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Known:
    """A template of ours: its key, and what Meta says it is."""

    id: int
    definition: Definition


@dataclass(frozen=True, slots=True)
class Sync:
    synced_at: datetime | None
    trouble: str


async def replace_templates(tx: Transaction, account_id: str, listed: Iterable[object], now: datetime) -> None:
    """Keep exactly what Meta lists now. A template that stays keeps its key, so that an open form stays valid."""
    found = {pair: each for each in listed if isinstance(each, Mapping) and (pair := _pair(each))}
    known = await _keys(tx, account_id)
    gone = [key for pair, key in known.items() if pair not in found]
    if gone:
        await tx.execute(delete(MessageTemplate).where(MessageTemplate.id.in_(gone)))
    fresh = [_row(account_id, each) for pair, each in found.items() if pair not in known]
    if fresh:
        await tx.execute(insert(MessageTemplate), fresh)
    kept = [{"key": known[pair], **_row(account_id, each)} for pair, each in found.items() if pair in known]
    if kept:
        await tx.execute(_KEEP, kept)
    await _note(tx, account_id, synced_at=now, trouble="")


async def note_trouble(tx: Transaction, account_id: str, trouble: str) -> None:
    await _note(tx, account_id, trouble=trouble[:300])


async def want_templates(tx: Transaction, account_id: str, now: datetime) -> None:
    """Ask for a fresh list soon."""
    await queue.push(tx, TEMPLATES, [(account_id, now)])


async def sync_of(tx: Transaction, account_id: str) -> Sync:
    wanted = select(TemplateSync.synced_at, TemplateSync.trouble).where(TemplateSync.account_id == account_id)
    row = (await tx.execute(wanted)).one_or_none()
    return Sync(row.synced_at, row.trouble) if row else Sync(None, "")


async def approved_templates(tx: Transaction, account_id: str, words: str = "") -> list[Known]:
    """What can be sent now, by name; `words` narrows by name, body or language."""
    wanted = select(MessageTemplate.id, MessageTemplate.listed).where(
        MessageTemplate.account_id == account_id, MessageTemplate.status == APPROVED
    )
    rows = await tx.execute(wanted.order_by(MessageTemplate.name, MessageTemplate.language))
    known = (Known(row.id, read_definition(row.listed)) for row in rows)
    sought = words.casefold().split()
    return [each for each in known if all(word in _searched(each.definition) for word in sought)][:MOST_SHOWN]


async def template_by_id(tx: Transaction, account_id: str, template_id: int) -> Definition | None:
    """None when it is gone or no longer approved."""
    wanted = select(MessageTemplate.listed).where(
        MessageTemplate.id == template_id,
        MessageTemplate.account_id == account_id,
        MessageTemplate.status == APPROVED,
    )
    listed = (await tx.execute(wanted)).scalar_one_or_none()
    return read_definition(listed) if listed is not None else None


async def _keys(tx: Transaction, account_id: str) -> dict[tuple[str, str], int]:
    wanted = select(MessageTemplate.name, MessageTemplate.language, MessageTemplate.id).where(
        MessageTemplate.account_id == account_id
    )
    return {(row.name, row.language): row.id for row in await tx.execute(wanted)}


async def _note(tx: Transaction, account_id: str, **values: object) -> None:
    row = {"account_id": account_id, "synced_at": None, "trouble": "", **values}
    await tx.execute(upsert(tx.dialect, TemplateSync, ("account_id",), tuple(values)), row)


def _pair(listed: Mapping[str, Any]) -> tuple[str, str] | None:
    name, language = listed.get("name"), listed.get("language")
    return (name, language) if isinstance(name, str) and isinstance(language, str) and name and language else None


def _row(account_id: str, listed: Mapping[str, Any]) -> dict[str, Any]:
    definition = read_definition(listed)
    return {
        "account_id": account_id,
        "name": definition.name,
        "language": definition.language,
        "category": definition.category[:40],
        "status": definition.status[:40],
        "listed": dict(listed),
    }


def _searched(definition: Definition) -> str:
    return f"{definition.name} {definition.language} {definition.panel.header} {definition.panel.body}".casefold()


_KEEP = (
    update(MessageTemplate)
    .where(MessageTemplate.id == bindparam("key"))
    .values({name: bindparam(name) for name in ("category", "status", "listed")})
    .execution_options(synchronize_session=False)
)
