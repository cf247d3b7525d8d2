"""The flow check of a draft: what it finds, at which rules, and what of it keeps the draft from being published."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from waia.bot.check import Finding, Severity, check
from waia.bot.models import FlowProfile, FlowSettings, RuleBook
from waia.rules.differences import changes_between, same_but_place
from waia.rules.draft import Draft, rules_in

SettingsOf = Callable[[FlowProfile], FlowSettings]


@dataclass(frozen=True, slots=True)
class Checked:
    """`new` are those that the rules in force do not have; `blocking` are errors of rules that the draft changed."""

    findings: tuple[Finding, ...]
    new: frozenset[Finding]
    blocking: tuple[Finding, ...]

    @property
    def by_rule(self) -> Mapping[int, list[Finding]]:
        found: dict[int, list[Finding]] = {}
        for one in self.findings:
            if one.rule_id is not None:
                found.setdefault(one.rule_id, []).append(one)
        return found

    @property
    def new_errors(self) -> list[Finding]:
        return [one for one in self.findings if one.severity is Severity.ERROR and one in self.new]

    def count(self, severity: Severity) -> int:
        return sum(one.severity is severity for one in self.findings)


def check_draft(draft: Draft, settings_of: SettingsOf, roles: Collection[str]) -> Checked:
    """`settings_of` knows what a profile decides. A new profile is to blame for every error that comes with it."""
    found = check(draft.book(settings_of(draft.profile)), roles)
    new = frozenset(found) - (_before(draft, settings_of, roles) if _may_differ(draft) else frozenset(found))
    changed = {rule_id for rule_id in draft.pending if _is_changed(draft, rule_id)}
    blamed = {None, *draft.live} if draft.changes_profile else set(draft.pending)
    errors = (one for one in found if one.severity is Severity.ERROR)
    blocking = tuple(one for one in errors if one.rule_id in changed or (one.rule_id in blamed and one in new))
    return Checked(found, new, blocking)


def changes_of(draft: Draft) -> int:
    """How many rules the draft changes; a step that was numbered anew for one moved rule counts as that one.

    A new profile is one more.
    """
    return len({change.rule_id for change in changes_between(draft.live, draft.rules)}) + draft.changes_profile


def _may_differ(draft: Draft) -> bool:
    return bool(draft.pending) or draft.changes_profile


def _before(draft: Draft, settings_of: SettingsOf, roles: Collection[str]) -> frozenset[Finding]:
    return frozenset(check(RuleBook(rules_in(draft.live), settings_of(draft.live_profile)), roles))


def _is_changed(draft: Draft, rule_id: int) -> bool:
    before, after = draft.live.get(rule_id), draft.rules.get(rule_id)
    return before is None or (after is not None and not same_but_place(before, after))
