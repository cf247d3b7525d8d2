"""The draft: all changes that are not published yet, shared by the admins, over the rules in force."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property

import msgspec

from waia.bot.models import FlowProfile, FlowSettings, Rule, RuleBook
from waia.bot.normalise import step_key
from waia.rules.content import Contents, RuleContent, rule_of


class Status(StrEnum):
    SAME = "same"
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Pending:
    """One rule as it shall be. `deleted`: it shall go, and `content` is what it said last."""

    content: RuleContent
    deleted: bool
    author: str
    changed_at: datetime


@dataclass(frozen=True)
class Draft:
    """`live` and `pending` by rule id. Ids are never used twice, so a rule keeps its own through every version.

    `profile` is the one that the flow will have, `live_profile` the one in force. `turn` is the number of the newest
    change that is in it, `next_id` the id that the next new rule gets.
    """

    live: Contents
    pending: Mapping[int, Pending] = field(default_factory=dict)
    profile: FlowProfile = FlowProfile.WAIA
    live_profile: FlowProfile = FlowProfile.WAIA
    turn: int = 0
    next_id: int = 1

    @cached_property
    def rules(self) -> dict[int, RuleContent]:
        """As the flow will be, in its order."""
        merged = {**self.live, **{rule_id: one.content for rule_id, one in self.pending.items()}}
        kept = {rule_id: content for rule_id, content in merged.items() if not self._is_deleted(rule_id)}
        return dict(sorted(kept.items(), key=lambda item: (item[1].priority, item[0])))

    @cached_property
    def changed_ids(self) -> frozenset[int]:
        return frozenset(self.pending)

    @cached_property
    def seen(self) -> str:
        """A short name of this draft over these rules: what is published is what was looked at."""
        packed = [sorted((key, content.seen) for key, content in book.items()) for book in (self.live, self.rules)]
        return hashlib.sha256(msgspec.json.encode([self.profile, packed])).hexdigest()[:16]

    @property
    def changes_profile(self) -> bool:
        return self.profile is not self.live_profile

    @property
    def changes_something(self) -> bool:
        return self.changes_profile or self.rules != dict(self.live)

    def status(self, rule_id: int) -> Status:
        if rule_id not in self.pending:
            return Status.SAME
        if self._is_deleted(rule_id):
            return Status.REMOVED
        return Status.CHANGED if rule_id in self.live else Status.ADDED

    def with_change(self, rule_id: int, one: Pending | None) -> "Draft":
        """None: the rule is as it is in force. One that says again what is in force is no change either."""
        pending = {known: change for known, change in self.pending.items() if known != rule_id}
        if one is not None and (one.deleted or self.live.get(rule_id) != one.content):
            pending[rule_id] = one
        return replace(self, pending=pending, next_id=max(self.next_id, rule_id + 1))

    def book(self, settings: FlowSettings, retired: Iterable[str] = ()) -> RuleBook:
        return RuleBook(rules_in(self.rules), settings, retired)

    def in_step(self, step: str) -> list[int]:
        """Ids of the rules of a step, in order."""
        key = step_key(step)
        return [rule_id for rule_id, content in self.rules.items() if step_key(content.step) == key]

    def _is_deleted(self, rule_id: int) -> bool:
        one = self.pending.get(rule_id)
        return one is not None and one.deleted


def rules_in(contents: Contents) -> list[Rule]:
    """For the bot; what cannot be read at all is left out, as it is in the flow in force."""
    found = []
    for rule_id, content in contents.items():
        try:
            found.append(rule_of(rule_id, content))
        except (ValueError, TypeError, ArithmeticError, AttributeError):
            continue
    return found
