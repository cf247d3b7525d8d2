"""The envelope of a webhook POST: one change, or many gathered into several entries."""

from collections.abc import Sequence
from dataclasses import dataclass

from waia.simulator.wire import Json

_MERGEABLE = {"messaging_product", "metadata", "contacts", "statuses"}


@dataclass(frozen=True, slots=True)
class Change:
    """`owner` is what Meta puts into `entry.id`: the WABA, for some account events a business id."""

    owner: str
    field: str
    value: Json


def envelope(changes: Sequence[Change]) -> Json:
    """Statuses of one number share a value; what remains is spread over two entries."""
    joined = _join_statuses(changes)
    half = (len(joined) + 1) // 2
    entries = [_entry(part) for part in (joined[:half], joined[half:]) if part]
    return {"object": "whatsapp_business_account", "entry": entries}


def _entry(changes: Sequence[Change]) -> Json:
    told = [{"value": change.value, "field": change.field} for change in changes]
    return {"id": changes[0].owner, "changes": told}


def _join_statuses(changes: Sequence[Change]) -> list[Change]:
    joined: list[Change] = []
    for change in changes:
        if joined and _can_join(joined[-1], change):
            joined[-1] = _joined(joined[-1], change)
        else:
            joined.append(change)
    return joined


def _can_join(one: Change, other: Change) -> bool:
    same_place = (one.owner, one.field) == (other.owner, other.field)
    only_statuses = all("statuses" in part.value and part.value.keys() <= _MERGEABLE for part in (one, other))
    return same_place and only_statuses and one.value["metadata"] == other.value["metadata"]


def _joined(one: Change, other: Change) -> Change:
    value = one.value | {"statuses": one.value["statuses"] + other.value["statuses"]}
    contacts = list(one.value.get("contacts", []))
    contacts += [contact for contact in other.value.get("contacts", []) if contact not in contacts]
    if contacts:
        value["contacts"] = contacts
    return Change(one.owner, one.field, value)
