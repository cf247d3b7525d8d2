"""Walks a webhook body down to its changes, whatever odd shape the envelope has."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from waia.whatsapp.fields import LONGEST_NUMBER_ID, elements, identifier, node
from waia.whatsapp.lenient_json import Node


@dataclass(frozen=True, slots=True)
class Change:
    """One `changes[]` element, with what its surroundings say about it."""

    field: str | None
    value: Node
    waba_id: str | None
    time: object
    standby: bool = False

    @property
    def phone_number_id(self) -> str | None:
        metadata = node(self.value.get("metadata"))
        settings = node(self.value.get("phone_number_settings"))
        return identifier(metadata.get("phone_number_id"), LONGEST_NUMBER_ID) or identifier(
            settings.get("phone_number_id"), LONGEST_NUMBER_ID
        )


def envelopes(tree: object) -> list[Node]:
    """Objects shaped like a webhook. Meta's samples also come as a list, and as one bare change."""
    if isinstance(tree, dict) and isinstance(tree.get("sample"), dict):
        tree = tree["sample"]
    candidates = [candidate for candidate in elements(tree) if isinstance(candidate, dict)]
    return [each for each in candidates if "entry" in each or "changes" in each or "value" in each]


def changes(envelope: Node) -> Iterator[Change]:
    if "entry" not in envelope:
        yield from _changes_of_entry(envelope)
    for entry in elements(envelope.get("entry")):
        yield from _changes_of_entry(node(entry) or {"value": entry})


def _changes_of_entry(entry: Node) -> Iterator[Change]:
    if "changes" not in entry:
        yield _change(entry, {} if "value" in entry else {"value": entry})
    for change in elements(entry.get("changes")):
        yield _change(entry, node(change) or {"value": change})


def _change(entry: Node, change: Node) -> Change:
    """`field` stands beside `value`, but Meta's own samples also have it inside, and one level up."""
    around = {**entry, **change}
    value = around.get("value", change)
    inside = value if isinstance(value, dict) else {"value": value}
    field = identifier(around.get("field")) or identifier(inside.get("field"))
    return _out_of_standby(Change(field, inside, _waba_id(entry, inside), entry.get("time")))


def _waba_id(entry: Node, value: Node) -> str | None:
    """For events about partners `entry.id` is a business, and for calls it is "0"."""
    told = identifier(node(value.get("waba_info")).get("waba_id")) or identifier(entry.get("id"))
    return None if told == "0" else told


def _out_of_standby(change: Change) -> Change:
    """While Meta's own agent holds the thread, everything comes one level deeper and is for looking only."""
    inner = change.value.get("standby")
    if not isinstance(inner, dict):
        return replace(change, standby=True) if change.field == "standby" else change
    outer = {key: value for key, value in change.value.items() if key != "standby"}
    return replace(change, value={**outer, **inner}, standby=True)
