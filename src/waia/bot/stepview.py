"""The rules of one step that are in force, indexed for matching, and why the others are not."""

from collections.abc import Iterable

from waia.bot.flow import Rule
from waia.bot.kinds import Condition, FlowProfile, MatchMode
from waia.bot.normalise import normalise, raw_key

SHORTEST_CONTAINED = 4
ENTRY_EVENT = "entrada"

Reason = tuple[int, str, str]


class StepView:
    """`exact`, `raw`, `events` map a trigger to its rules in order; `contained` pairs rule and trigger."""

    __slots__ = (
        "answers",
        "contained",
        "events",
        "exact",
        "out_of_force",
        "place",
        "raw",
        "rules",
        "uncontained",
        "unequal",
        "wildcard",
    )

    def __init__(self, rules: Iterable[Rule], is_open: bool, profile: FlowProfile) -> None:
        everyone = tuple(rules)
        reasons = {rule.id: _absent(rule, is_open) for rule in everyone}
        self.rules = tuple(rule for rule in everyone if not reasons[rule.id])
        self.out_of_force: tuple[Reason, ...] = tuple((rule, "step", why) for rule, why in reasons.items() if why)
        self.place = {rule.id: n for n, rule in enumerate(self.rules)}
        self.unequal: tuple[Reason, ...] = tuple((rule.id, "exact", _unequal(rule)) for rule in self.rules)
        self.wildcard = next((rule for rule in self.rules if rule.is_wildcard), None)
        self.answers = any(rule.enabled and _answers(rule) for rule in everyone)
        self.exact: dict[str, tuple[Rule, ...]] = {}
        self.raw: dict[str, tuple[Rule, ...]] = {}
        self.events: dict[str, Rule] = {}
        self._index()
        self.contained: tuple[tuple[Rule, str], ...] = ()
        self.uncontained: tuple[Reason, ...] = ()
        if profile == FlowProfile.WAIA and not _asks(self.wildcard):
            self._index_contained()

    def _index(self) -> None:
        for rule in self.rules:
            if rule.is_wildcard:
                continue
            for trigger in rule.triggers:
                self._add(rule, trigger)

    def _add(self, rule: Rule, trigger: str) -> None:
        event = event_of(trigger)
        if event is not None:
            self.events.setdefault(event, rule)
        elif key := normalise(trigger):
            _append(self.exact, key, rule)
        elif trigger.strip() != "*":
            _append(self.raw, raw_key(trigger), rule)

    def _index_contained(self) -> None:
        found: list[tuple[Rule, str]] = []
        reasons: list[Reason] = []
        for rule in self.rules:
            keys = _contained_keys(rule)
            found.extend((rule, f" {key} ") for key in keys)
            reasons.append((rule.id, "contains", _uncontained(rule, bool(keys))))
        self.contained = tuple(found)
        self.uncontained = tuple(reasons) if found else ()


def event_of(trigger: str) -> str | None:
    """`@Ubicación` is the event `ubicacion`; None for a trigger that is text."""
    trigger = trigger.strip()
    return normalise(trigger[1:]) if trigger.startswith("@") else None


def _append(index: dict[str, tuple[Rule, ...]], key: str, rule: Rule) -> None:
    rules = index.get(key, ())
    if rule not in rules:
        index[key] = (*rules, rule)


def _absent(rule: Rule, is_open: bool) -> str:
    if not rule.enabled:
        return "disabled"
    if rule.condition is Condition.OPEN and not is_open:
        return "closed_now"
    if rule.condition is Condition.CLOSED and is_open:
        return "open_now"
    return ""


def _answers(rule: Rule) -> bool:
    """A step with only an `@entrada` that offers nothing to choose has no answer to a customer's words."""
    menu_to_choose = rule.menu is not None and bool(rule.menu.options)
    return menu_to_choose or any(event_of(trigger) != ENTRY_EVENT for trigger in rule.triggers)


def _asks(wildcard: Rule | None) -> bool:
    return wildcard is not None and (wildcard.computes or wildcard.captures)


def _contained_keys(rule: Rule) -> list[str]:
    if rule.match is not MatchMode.CONTIENE or rule.is_wildcard:
        return []
    keys = (normalise(trigger) for trigger in rule.triggers if event_of(trigger) is None)
    return [key for key in keys if sum(map(str.isalpha, key)) >= SHORTEST_CONTAINED]


def _unequal(rule: Rule) -> str:
    if rule.is_wildcard:
        return "wildcard_waits"
    if rule.triggers and all(event_of(trigger) is not None for trigger in rule.triggers):
        return "event_only"
    return "no_trigger_equal" if rule.triggers else "no_triggers"


def _uncontained(rule: Rule, has_keys: bool) -> str:
    if has_keys:
        return "no_trigger_contained"
    return "mode_exacta" if rule.match is MatchMode.EXACTA else "trigger_too_short"
