"""SQL of the draft, of the rows in force that a publication writes, and of the versions that were published."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Raw
from sqlalchemy import Row, Select, delete, func, insert, select, update

from waia.accounts.models import Role, User
from waia.accounts.signed_in import SignedIn
from waia.kit.db import Transaction
from waia.kit.events import Counter
from waia.kit.sql import insert_ignore, table_of, upsert
from waia.rules.content import Contents, MediaRef, RuleContent, columns_of, content_from_json
from waia.rules.draft import Draft, Pending
from waia.rules.models import FlowVersion, RuleDraft, RuleMedia, RuleRow
from waia.rules.repository import MEDIAS, RULES, stored_settings
from waia.rules.rows import contents_of
from waia.rules.stored_settings import draft_profile_of, profile_of

COUNTER = "rules"
# Rises with every change of the draft or of what is in force.
STATE = "flow"
NEWEST_VERSIONS = 200
CHUNK = 500
_RULES, _MEDIAS, _DRAFTS, _VERSIONS = (table_of(model) for model in (RuleRow, RuleMedia, RuleDraft, FlowVersion))
_PARTS = ("author_id", "changed_at", "deleted", "rule")
_NAME = func.coalesce(func.nullif(User.display_name, ""), User.username, "").label("author")


async def lock(tx: Transaction) -> int:
    """Those who change the draft or publish it take turns; the number of this turn."""
    await tx.execute(insert_ignore(tx.dialect, Counter), [{"name": COUNTER, "value": 0}, {"name": STATE, "value": 0}])
    await tx.execute(update(Counter).where(Counter.name == STATE).values(value=Counter.value + 1))
    return await last_turn(tx)


async def last_turn(tx: Transaction) -> int:
    """The number of the newest change that was made here; statements typed by hand are not counted."""
    return int((await tx.execute(select(Counter.value).where(Counter.name == STATE))).scalar_one_or_none() or 0)


async def next_rule_id(tx: Transaction) -> int:
    return (await next_rule_ids(tx, 1))[0]


async def next_rule_ids(tx: Transaction, count: int) -> range:
    """Ids that no rule ever had: an old menu names the rule that sent it. The caller holds the lock."""
    last = await _last_rule_id(tx)
    await tx.execute(update(Counter).where(Counter.name == COUNTER).values(value=last + count))
    return range(last + 1, last + count + 1)


async def _last_rule_id(tx: Transaction) -> int:
    used = (select(func.coalesce(func.max(column), 0)).scalar_subquery() for column in (_RULES.c.id, _DRAFTS.c.rule_id))
    counted = select(Counter.value).where(Counter.name == COUNTER).scalar_subquery()
    return max(int(number or 0) for number in (await tx.execute(select(*used, counted))).one())


async def remember_ids(tx: Transaction, rules: Contents) -> None:
    """Ids that are in use now are not given away later either."""
    highest = max(rules, default=0)
    await tx.execute(update(Counter).where(Counter.name == COUNTER, Counter.value < highest).values(value=highest))


async def live_rules(tx: Transaction) -> dict[int, RuleContent]:
    rules, medias = await tx.execute(RULES), await tx.execute(MEDIAS)
    return await asyncio.to_thread(lambda: contents_of(rules.all(), medias.all()))  # may be ten thousand


async def current_draft(tx: Transaction, known: Draft | None = None) -> Draft:
    """Take a turn, and get the draft to change in it. `known` spares the reading where it is still the newest."""
    turn = await lock(tx)
    if known is None or known.turn != turn - 1:
        return await read_draft(tx)
    return replace(known, turn=turn)


async def read_draft(tx: Transaction) -> Draft:
    turn, next_id = await last_turn(tx), await _last_rule_id(tx) + 1  # before reading: what comes later is noticed
    live = await live_rules(tx)
    found = select(*_DRAFTS.c, _NAME).outerjoin(User, User.id == _DRAFTS.c.author_id).order_by(_DRAFTS.c.id)
    changed = await tx.execute(found)
    pending = await asyncio.to_thread(lambda: {row.rule_id: _pending(row) for row in changed})
    stored = await stored_settings(tx)
    return Draft(live, pending, draft_profile_of(stored), profile_of(stored), turn, next_id)


async def keep(
    tx: Transaction, rule_id: int, content: RuleContent, user: SignedIn, now: datetime, *, deleted: bool = False
) -> None:
    await keep_all(tx, {rule_id: content}, user, now, deleted=deleted)


async def keep_all(tx: Transaction, rules: Contents, user: SignedIn, now: datetime, *, deleted: bool = False) -> None:
    rows = [
        {"rule_id": rule_id, "author_id": user.id, "changed_at": now, "deleted": deleted, "rule": content.to_json()}
        for rule_id, content in rules.items()
    ]
    if rows:
        await tx.execute(upsert(tx.dialect, RuleDraft, ("rule_id",), _PARTS), rows)


async def keep_found(tx: Transaction, found: Select[Any]) -> None:
    """Many at once, as this statement finds them: rule, author, when, whether it goes, the JSON of its content."""
    await tx.execute(upsert(tx.dialect, RuleDraft, ("rule_id",), _PARTS).from_select(["rule_id", *_PARTS], found))


async def drop(tx: Transaction, rule_ids: Sequence[int]) -> None:
    for start in range(0, len(rule_ids), CHUNK):
        await tx.execute(delete(_DRAFTS).where(_DRAFTS.c.rule_id.in_(rule_ids[start : start + CHUNK])))


async def drop_all(tx: Transaction) -> None:
    await tx.execute(delete(_DRAFTS))


async def write_live(tx: Transaction, before: Contents, after: Contents) -> None:
    """Rows of `reglas` become `after`; ids stay, and rows that say the same already are not touched."""
    gone = [rule_id for rule_id in before if rule_id not in after]
    changed = {rule_id: one for rule_id, one in after.items() if before.get(rule_id) != one}
    if gone or changed:
        await tx.execute(delete(_MEDIAS).where(_MEDIAS.c.rule_id.in_([*gone, *changed])))
    if gone:
        await tx.execute(delete(_RULES).where(_RULES.c.id.in_(gone)))
    new = [{"id": rule_id, **columns_of(one)} for rule_id, one in changed.items() if rule_id not in before]
    if new:
        await tx.execute(insert(_RULES), new)
    for rule_id, one in changed.items():
        if rule_id in before:
            await tx.execute(update(_RULES).where(_RULES.c.id == rule_id).values(**columns_of(one)))
    medias = [_media(rule_id, each) for rule_id, one in changed.items() for each in one.medias]
    if medias:
        await tx.execute(insert(_MEDIAS), medias)


async def add_version(tx: Transaction, rules: Raw, values: Mapping[str, Any]) -> int:
    """`rules` as `packed_version` makes them."""
    done = await tx.execute(insert(_VERSIONS).values(rules=rules, **values))
    return int(done.inserted_primary_key[0])


async def newest_version(tx: Transaction) -> Row[Any] | None:
    return await _one_version(tx, select(func.max(_VERSIONS.c.id)).scalar_subquery())


async def version(tx: Transaction, version_id: int) -> Row[Any] | None:
    return await _one_version(tx, version_id)


async def profile_of_version(tx: Transaction, version_id: int) -> str:
    found = select(_VERSIONS.c.profile).where(_VERSIONS.c.id == version_id)
    return str((await tx.execute(found)).scalar_one())


async def version_before(tx: Transaction, version_id: int) -> Row[Any] | None:
    return await _one_version(tx, select(func.max(_VERSIONS.c.id)).where(_VERSIONS.c.id < version_id).scalar_subquery())


async def versions(tx: Transaction) -> Sequence[Row[Any]]:
    """The newest first, without their rules."""
    columns = [column for column in _VERSIONS.c if column.key != "rules"]
    found = select(*columns, _NAME).outerjoin(User, User.id == _VERSIONS.c.author_id)
    rows: Sequence[Row[Any]] = (await tx.execute(found.order_by(_VERSIONS.c.id.desc()).limit(NEWEST_VERSIONS))).all()
    return rows


async def role_names(tx: Transaction) -> dict[str, str]:
    """Names of the roles by keyword, in the order of their names."""
    found = select(Role.keyword, Role.name).where(Role.keyword != "").order_by(Role.name)
    return {row.keyword: row.name for row in await tx.execute(found)}


def packed_version(rules: Contents) -> Raw:
    """A picture of all rules, by slices: a thread that encodes ten thousand in one call holds everybody up."""
    packed = [msgspec.json.encode({"id": rule_id, **content.to_json()}) for rule_id, content in sorted(rules.items())]
    return Raw(b"[" + b",".join(packed) + b"]")


def rules_of_version(row: Row[Any]) -> dict[int, RuleContent]:
    found = ((one["id"], {name: value for name, value in one.items() if name != "id"}) for one in row.rules)
    return {int(rule_id): content_from_json(packed) for rule_id, packed in found}


async def _one_version(tx: Transaction, version_id: Any) -> Row[Any] | None:
    found = select(*_VERSIONS.c, _NAME).outerjoin(User, User.id == _VERSIONS.c.author_id)
    row: Row[Any] | None = (await tx.execute(found.where(_VERSIONS.c.id == version_id))).one_or_none()
    return row


def _pending(row: Row[Any]) -> Pending:
    return Pending(content_from_json(row.rule), bool(row.deleted), row.author or "", row.changed_at)


def _media(rule_id: int, media: MediaRef) -> dict[str, Any]:
    return {"rule_id": rule_id, "url": media.url, "mime_type": media.mime[:127] or None, "file_id": media.file_id}
