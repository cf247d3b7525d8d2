"""Where sheets come from and go to: quick replies as they are, rules through their draft."""

import hashlib
from collections.abc import Mapping

import msgspec

from waia.accounts.office import By
from waia.accounts.staff_repository import roles_by_name
from waia.kit.db import Transaction
from waia.owner.sheets import rule_target
from waia.owner.sheets.columns import RULES
from waia.owner.sheets.kinds import EVERYBODY
from waia.owner.sheets.values import ADDED, SAME, Context, Item, Report, Values
from waia.quick_replies import repository as replies
from waia.quick_replies.values import ALL, ROLES, ReplyContent, ReplyFile


async def current(tx: Transaction, kind: str) -> dict[int, Values]:
    """What is there by id, in order, as a sheet would hold it."""
    if kind == RULES:
        return await rule_target.current_rules(tx)
    keywords = {role.id: role.keyword for role in await roles_by_name(tx)}
    return {
        reply_id: _reply_values(content, keywords) for reply_id, content in (await replies.all_contents(tx)).items()
    }


async def context_of(tx: Transaction, kind: str, handlers: list[str], *, replace_all: bool) -> Context:
    found = {str(key): values for key, values in (await current(tx, kind)).items()}
    roles = [role.keyword.lower() for role in await roles_by_name(tx)]
    return Context(kind, found, roles, handlers, replace_all)


def basis_of(context: Context) -> str:
    """A short name of what a sheet was compared with."""
    return hashlib.sha256(msgspec.json.encode([context.current, context.roles])).hexdigest()


async def apply(tx: Transaction, by: By, kind: str, report: Report) -> None:
    """All of it, in one transaction, with one entry in the trail."""
    if kind == RULES:
        await rule_target.write_rules(tx, by, report)
    else:
        await _write_replies(tx, by, report)
    counts = {"added": report.count(ADDED), "changed": report.count("changed"), "removed": len(report.removed)}
    await by.note(tx, "rules_imported" if kind == RULES else "replies_imported", "", **counts)


async def _write_replies(tx: Transaction, by: By, report: Report) -> None:
    roles = {role.keyword.lower(): role.id for role in await roles_by_name(tx)}
    before = await replies.all_contents(tx)
    items = [item for item in report.items if item.status != SAME]
    contents = [(item.id, _reply_content(item, before.get(item.id or 0), roles)) for item in items]
    await replies.store_many(tx, contents, by.actor.id)
    await replies.store_deleted(tx, [reply_id for reply_id, _ in report.removed], by.now)


def _reply_values(content: ReplyContent, keywords: Mapping[int, str]) -> Values:
    shared = ", ".join(keywords[role_id] for role_id in content.role_ids if role_id in keywords)
    return {
        "nombre": content.name,
        "mensaje": content.text,
        "tipo": content.kind,
        "media_url": "\n".join(file.url for file in content.files),
        "para": shared if content.audience == ROLES else EVERYBODY,
    }


def _reply_content(item: Item, before: ReplyContent | None, roles: Mapping[str, int]) -> ReplyContent:
    known = {file.url: file for file in before.files} if before else {}
    named = [word.lower() for word in item.values["para"].replace(",", " ").split()]
    role_ids = tuple(sorted({roles[word] for word in named if word in roles}))
    files = tuple(known.get(url, ReplyFile(url)) for url in item.values["media_url"].split())
    audience = ROLES if role_ids and EVERYBODY not in named else ALL
    return ReplyContent(item.values["nombre"], item.values["mensaje"], audience, role_ids, files)
