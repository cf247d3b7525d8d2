"""SQL that writes the rules of a sheet, many in a few statements."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from waia.kit.db import Transaction
from waia.kit.sql import table_of
from waia.rules.models import RuleMedia, RuleRow

CHUNK = 500
_RULE, _MEDIA = table_of(RuleRow), table_of(RuleMedia)
File = tuple[str, str]
Written = tuple[int | None, dict[str, Any], list[File]]
"""Its id (None: a new one), its fields, and address and type of each of its files."""


async def store_rules(tx: Transaction, rules: Sequence[Written]) -> None:
    """Files that a rule has already keep what is known of them."""
    last_id = (await tx.execute(_LAST)).scalar_one() or 0
    ids = [rule_id or last_id + place for place, (rule_id, _, _) in enumerate(rules, 1)]
    rows = [_row(stored_id, fields, files) for stored_id, (_, fields, files) in zip(ids, rules, strict=True)]
    new = [row for row, (rule_id, _, _) in zip(rows, rules, strict=True) if rule_id is None]
    changed = [row for row, (rule_id, _, _) in zip(rows, rules, strict=True) if rule_id is not None]
    known = await _known_files(tx, [row["stored_id"] for row in changed])
    if new:
        names = [name for name in new[0] if name != "stored_id"]
        await tx.execute(_adding(names), new)
    if changed:
        names = [name for name in changed[0] if name != "stored_id"]
        await tx.execute(_changing(names), changed)
    medias = [
        {"rule_id": stored_id, "url": url, "mime_type": mime or None, "file_id": known[stored_id].get(url)}
        for stored_id, (_, _, files) in zip(ids, rules, strict=True)
        for url, mime in files
    ]
    if medias:
        await tx.execute(insert(_MEDIA), medias)


async def remove_rules(tx: Transaction, rule_ids: Sequence[int]) -> None:
    if rule_ids:
        await tx.execute(_REMOVE, [{"rule": rule_id} for rule_id in rule_ids])


async def _known_files(tx: Transaction, ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """What was known of the files of these rules, whose rows go."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for start in range(0, len(ids), CHUNK):
        these = _MEDIA.c.rule_id.in_(ids[start : start + CHUNK])
        wanted = select(_MEDIA.c.rule_id, _MEDIA.c.url, _MEDIA.c.file_id).where(these, _MEDIA.c.file_id.is_not(None))
        for row in await tx.execute(wanted):
            found[row[0]][row[1]] = row[2]
        await tx.execute(delete(_MEDIA).where(these))
    return found


def _row(stored_id: int, fields: dict[str, Any], files: list[File]) -> dict[str, Any]:
    """The first file is mirrored in the rule, as the original did."""
    first = files[0] if files else ("", "")
    return {**fields, "stored_id": stored_id, "media_url": first[0] or None, "media_type": first[1] or None}


def _adding(names: Sequence[str]) -> Any:
    return insert(_RULE).values({"id": bindparam("stored_id"), **{name: bindparam(name) for name in names}})


def _changing(names: Sequence[str]) -> Any:
    values: dict[str, Any] = {name: bindparam(name) for name in names}
    return update(_RULE).where(_RULE.c.id == bindparam("stored_id")).values(values)


_LAST = select(func.max(_RULE.c.id)).with_for_update()
_REMOVE = delete(_RULE).where(_RULE.c.id == bindparam("rule"))
