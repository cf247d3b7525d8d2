"""Entries of the trail as people read them: each with what it changed, field by field."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from waia.accounts.audit.words import ACTIONS, FIELDS, VALUES
from waia.kit.i18n import N_

NOTHING = ""
LONGEST_VALUE, MOST_CHANGES = 300, 60
YES, NO = N_("sí"), N_("no")


@dataclass(frozen=True, slots=True)
class Change:
    """A field with its value before and after; not `compared` where there is only the one or the other.

    `rule_id` tells of which rule it is, where an entry changed several.
    """

    field: str
    before: str
    after: str
    compared: bool
    rule_id: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """`words` is a message id of the catalogues, or the action's own name."""

    id: int
    at: datetime
    username: str
    words: str
    subject: str
    address: str
    changes: tuple[Change, ...]


def entry_of(row: Any) -> Entry:
    changes = tuple(islice(_changes(row.details), MOST_CHANGES))
    words = ACTIONS.get(row.action, row.action)
    return Entry(row.id, row.at, row.username, words, _subject(row.subject), row.address, changes)


def _subject(subject: str) -> str:
    """The words of the entry say already that it is a rule or the flow."""
    kind, _, rest = subject.partition(" ")
    return rest if kind in {"rule", "flow", "draft"} else subject


def _changes(details: Mapping[str, Any]) -> Iterator[Change]:
    before, after = _fields(details.get("before")), _fields(details.get("after"))
    if any(isinstance(value, Mapping) for value in (*before.values(), *after.values())):
        yield from _rules(before, after)
        return
    for name in dict.fromkeys((*before, *after)):
        was, is_now = _plain(before.get(name)), _plain(after.get(name))
        if was != is_now:
            yield Change(_word(name), was, is_now, compared=bool(before) and bool(after))
    for name, value in details.items():
        if name not in {"before", "after"}:
            yield Change(_word(name), NOTHING, _plain(value), compared=False)


def _fields(told: Any) -> Mapping[str, Any]:
    """A bare value before and after is that of the one field that the entry is about."""
    if not told:
        return {}
    if isinstance(told, str) and told.startswith("{"):
        told = _unpacked(told)
    return told if isinstance(told, Mapping) else {"roles" if isinstance(told, list) else "name": told}


def _rules(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """Field by field of each rule that differs."""
    for rule_id in dict.fromkeys((*before, *after)):
        sides = {"before": before.get(rule_id), "after": after.get(rule_id)}
        if not any(isinstance(side, Mapping) for side in sides.values()):
            sides = {name: {rule_id: side} for name, side in sides.items() if side is not None}
        for change in _changes(sides):
            yield replace(change, rule_id=rule_id if rule_id.isdigit() else "")


def _unpacked(told: str) -> Any:
    """What a rule or a flow said, as JSON; one that was cut off stays text."""
    try:
        return json.loads(told)
    except ValueError:
        return told


def _word(name: str) -> str:
    return FIELDS.get(name, name)


def _plain(value: Any) -> str:
    match value:
        case None:
            return NOTHING
        case bool():
            return YES if value else NO
        case list():
            return ", ".join(str(each.get("url", each) if isinstance(each, dict) else each) for each in value)[
                :LONGEST_VALUE
            ]
        case _:
            return VALUES.get(value, str(value))[:LONGEST_VALUE]
