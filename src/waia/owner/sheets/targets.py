"""Where sheets come from and go to: quick replies as they are, rules through their draft."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Row

from waia.accounts.office import By
from waia.accounts.staff_repository import roles_by_name
from waia.kit.db import Transaction
from waia.owner.sheets import rule_target
from waia.owner.sheets.columns import RULES
from waia.owner.sheets.kinds import EVERYBODY
from waia.owner.sheets.values import ADDED, CHANGED, Act, Change, Context, Summary, Values
from waia.quick_replies import repository as replies
from waia.quick_replies.values import ALL, ROLES, ReplyContent, ReplyFile
from waia.rules import draft_repository as drafts


@dataclass(frozen=True, slots=True)
class Replies:
    """What is written, new ones without an id, and what is deleted; with the roles that names were looked up in."""

    written: Sequence[tuple[int | None, ReplyContent]]
    gone: Sequence[int]
    roles: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Compared:
    """`basis` names the state of what a sheet is compared with."""

    context: Context
    basis: str


async def current(tx: Transaction, kind: str) -> dict[int, Values]:
    """What is there by id, in order, as a sheet would hold it."""
    if kind == RULES:
        return await asyncio.to_thread(rule_target.values_in, await drafts.read_draft(tx))
    keywords = {role.id: role.keyword for role in await roles_by_name(tx)}
    contents = await replies.all_contents(tx)
    return {reply_id: _reply_values(content, keywords) for reply_id, content in contents.items()}


async def context_of(tx: Transaction, kind: str, handlers: list[str], *, replace_all: bool) -> Compared:
    basis = await _basis(tx, kind)  # before reading: what changes meanwhile is noticed when the sheet is applied
    roles = [role.keyword.lower() for role in await roles_by_name(tx)]
    if kind == RULES:
        draft = await drafts.read_draft(tx)
        context = await asyncio.to_thread(rule_target.context_of, draft, roles, handlers, replace_all=replace_all)
    else:
        found = {str(key): values for key, values in (await current(tx, kind)).items()}
        context = Context(kind, found, roles, handlers, replace_all)
    return Compared(context, basis)


async def replies_of(tx: Transaction, changes: Sequence[Change]) -> Replies:
    """What a sheet makes of quick replies, worked out before anybody is held up by writing it."""
    roles = await _role_ids(tx)
    before = await replies.all_contents(tx)
    return await asyncio.to_thread(_replies, changes, before, roles)


async def apply(tx: Transaction, by: By, found: Row[Any], summary: Summary, new: Replies | None) -> bool:
    """All of an import, with one entry in the trail. False, and nothing, when it was compared with something older.

    `new`: what becomes of quick replies; rules are copied by the database.
    """
    kind = found.kind
    if await _turn(tx, kind) != f"{int(found.basis) + 1}":
        return False
    if new is None:
        await rule_target.write_rules(tx, by, found.id)
    elif new.roles == await _role_ids(tx):
        await replies.store_many(tx, new.written, by.actor.id)
        await replies.store_deleted(tx, new.gone, by.now)
    else:
        return False
    counts = {name: summary.counts[name] for name in (ADDED, CHANGED)} | {"removed": summary.more["removed"]}
    await by.note(tx, "rules_imported" if kind == RULES else "replies_imported", "", **counts)
    return True


async def _basis(tx: Transaction, kind: str) -> str:
    return str(await (drafts.last_turn(tx) if kind == RULES else replies.last_turn(tx)))


async def _turn(tx: Transaction, kind: str) -> str:
    return str(await (drafts.lock(tx) if kind == RULES else replies.lock(tx)))


async def _role_ids(tx: Transaction) -> dict[str, int]:
    return {role.keyword.lower(): role.id for role in await roles_by_name(tx)}


def _replies(changes: Sequence[Change], before: Mapping[int, ReplyContent], roles: Mapping[str, int]) -> Replies:
    written = [
        (change.id, _reply_content(change, before.get(change.id or 0), roles))
        for change in changes
        if change.act is Act.WRITE
    ]
    gone = [change.id for change in changes if change.act is Act.REMOVE and change.id is not None]
    return Replies(written, gone, roles)


def _reply_values(content: ReplyContent, keywords: Mapping[int, str]) -> Values:
    shared = ", ".join(keywords[role_id] for role_id in content.role_ids if role_id in keywords)
    return {
        "nombre": content.name,
        "mensaje": content.text,
        "tipo": content.kind,
        "media_url": "\n".join(file.url for file in content.files),
        "para": shared if content.audience == ROLES else EVERYBODY,
    }


def _reply_content(change: Change, before: ReplyContent | None, roles: Mapping[str, int]) -> ReplyContent:
    values = msgspec.json.decode(change.content, type=Values)
    known = {file.url: file for file in before.files} if before else {}
    named = [word.lower() for word in values["para"].replace(",", " ").split()]
    role_ids = tuple(sorted({roles[word] for word in named if word in roles}))
    files = tuple(known.get(url, ReplyFile(url)) for url in values["media_url"].split())
    audience = ROLES if role_ids and EVERYBODY not in named else ALL
    return ReplyContent(values["nombre"], values["mensaje"], audience, role_ids, files)
