"""Which rules differ between two states of the flow, and whether one only changed its place."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from waia.bot.normalise import step_key
from waia.rules.content import Contents, RuleContent


class Changed(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Change:
    """`place` counts from 1 among the rules of the step; only of a moved rule."""

    rule_id: int
    kind: Changed
    before: RuleContent | None
    after: RuleContent | None
    place: int = 0


def changes_between(before: Contents, after: Contents) -> list[Change]:
    """In the order of the flow as it will be; a rule that changed and moved appears twice."""
    moved = dict(_moved(before, after))
    found = list(_removed(before, after))
    for rule_id, content in _in_order(after):
        old = before.get(rule_id)
        if old is None:
            found.append(Change(rule_id, Changed.ADDED, None, content))
            continue
        if not same_but_place(old, content):
            found.append(Change(rule_id, Changed.CHANGED, old, content))
        if rule_id in moved:
            found.append(Change(rule_id, Changed.MOVED, old, content, moved[rule_id]))
    return found


def same_but_place(one: RuleContent, other: RuleContent) -> bool:
    return msgspec.structs.replace(one, priority=other.priority) == other


def _removed(before: Contents, after: Contents) -> Iterator[Change]:
    for rule_id, content in _in_order(before):
        if rule_id not in after:
            yield Change(rule_id, Changed.REMOVED, content, None)


def _moved(before: Contents, after: Contents) -> Iterator[tuple[int, int]]:
    """The fewest rules of each step that must have been moved, with their new place."""
    old = {rule_id: place for place, (rule_id, _) in enumerate(_in_order(before))}
    steps: dict[str, list[int]] = {}
    for rule_id, content in _in_order(after):
        steps.setdefault(step_key(content.step), []).append(rule_id)
    for key, order in steps.items():
        stayed = [one for one in order if one in before and step_key(before[one].step) == key]
        kept = _longest_rising([old[one] for one in stayed])
        for one in stayed:
            if old[one] not in kept:
                yield one, order.index(one) + 1


def _in_order(contents: Contents) -> Iterable[tuple[int, RuleContent]]:
    return sorted(contents.items(), key=lambda item: (item[1].priority, item[0]))


def _longest_rising(numbers: list[int]) -> set[int]:
    """The largest part of distinct numbers that already stands in rising order."""
    tails: list[int] = []
    before: dict[int, int | None] = {}
    for number in numbers:
        at = bisect_left(tails, number)
        before[number] = tails[at - 1] if at else None
        tails[at : at + 1] = [number]
    kept: set[int] = set()
    last = tails[-1] if tails else None
    while last is not None:
        kept.add(last)
        last = before[last]
    return kept
