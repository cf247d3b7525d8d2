"""Entries of the trail as people read them: each with what it changed, field by field."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from waia.accounts.audit.words import ACTIONS, FIELDS, VALUES
from waia.kit.i18n import N_

NOTHING = ""
LONGEST_VALUE = 300
YES, NO = N_("sí"), N_("no")


@dataclass(frozen=True, slots=True)
class Change:
    """A field with its value before and after; not `compared` where there is only the one or the other."""

    field: str
    before: str
    after: str
    compared: bool


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
    changes = tuple(_changes(row.details))
    return Entry(row.id, row.at, row.username, ACTIONS.get(row.action, row.action), row.subject, row.address, changes)


def _changes(details: Mapping[str, Any]) -> Iterator[Change]:
    before, after = _fields(details.get("before")), _fields(details.get("after"))
    for name in dict.fromkeys((*before, *after)):
        was, is_now = _plain(before.get(name)), _plain(after.get(name))
        if was != is_now:
            yield Change(_word(name), was, is_now, compared=bool(before) and bool(after))
    for name, value in details.items():
        if name not in {"before", "after"}:
            yield Change(_word(name), NOTHING, _plain(value), compared=False)


def _fields(told: Any) -> Mapping[str, Any]:
    """A bare value before and after is that of the one field that the entry is about."""
    if told is None:
        return {}
    return told if isinstance(told, Mapping) else {"roles" if isinstance(told, list) else "name": told}


def _word(name: str) -> str:
    return FIELDS.get(name, name)


def _plain(value: Any) -> str:
    match value:
        case None:
            return NOTHING
        case bool():
            return YES if value else NO
        case list():
            return ", ".join(str(each) for each in value)[:LONGEST_VALUE]
        case _:
            return VALUES.get(value, str(value))[:LONGEST_VALUE]
