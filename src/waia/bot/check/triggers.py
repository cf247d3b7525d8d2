"""Findings about what wakes a rule: words that another rule or a command takes, wildcards, unknown events."""

from collections.abc import Iterator

from waia.bot.check.findings import Code, Finding, Severity, at_rule
from waia.bot.check.graph import Graph
from waia.bot.commands import command_in
from waia.bot.flow import Rule
from waia.bot.kinds import Condition, FlowProfile, MatchMode
from waia.bot.normalise import normalise, raw_key, step_key
from waia.bot.rulebook import GREETING_TRIGGER
from waia.bot.stepview import ENTRY_EVENT, event_of
from waia.bot.words import EVENT_NAMES

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
EVENTS = frozenset({ENTRY_EVENT, *EVENT_NAMES.values()})
_ALL_DAY = frozenset({Condition.OPEN, Condition.CLOSED})


def check_triggers(graph: Graph) -> Iterator[Finding]:
    for key, rules in graph.rules.items():
        takers: dict[str, list[Rule]] = {}
        for rule in rules:
            yield from _own(graph, key, rule)
            yield from _taken(rule, takers)
            for trigger in rule.triggers:
                takers.setdefault(_key(trigger, rule), []).append(rule)
        yield from _wildcards(graph, rules)
        if graph.book.settings.match_profile == FlowProfile.WAIA:
            yield from _inside(rules)


def _own(graph: Graph, step: str, rule: Rule) -> Iterator[Finding]:
    if not rule.triggers:
        yield at_rule(Code.NO_TRIGGER, ERROR, rule, "triggers")
    if "*" in rule.triggers and not rule.is_wildcard:
        yield at_rule(Code.WILDCARD_IN_LIST, WARNING, rule, "triggers")
    for trigger in rule.triggers:
        event = event_of(trigger)
        if event is not None and event not in EVENTS:
            yield at_rule(Code.UNKNOWN_EVENT, ERROR, rule, "triggers", trigger=trigger)
    words = [trigger for trigger in rule.triggers if event_of(trigger) is None and trigger != "*"]
    lost = [trigger for trigger in words if _is_command(graph, step, trigger)]
    if lost:
        severity = ERROR if len(lost) == len(rule.triggers) else WARNING
        yield at_rule(Code.COMMAND_WORD, severity, rule, "triggers", trigger=", ".join(lost))


def _is_command(graph: Graph, step: str, trigger: str) -> bool:
    """`iniciar` in the initial step is how the greeting is found."""
    settings, words = graph.book.settings, normalise(trigger)
    if words == GREETING_TRIGGER and step == step_key(settings.initial_step):
        return False
    return command_in(settings, words) is not None


def _taken(rule: Rule, takers: dict[str, list[Rule]]) -> Iterator[Finding]:
    """Triggers that earlier rules answer whenever this one could."""
    found = [(trigger, _winner(rule, takers.get(_key(trigger, rule), []))) for trigger in rule.triggers]
    lost = [(trigger, winner) for trigger, winner in found if winner is not None]
    if lost:
        severity = ERROR if len(lost) == len(rule.triggers) else WARNING
        trigger = ", ".join(dict.fromkeys(trigger for trigger, _ in lost))
        yield at_rule(Code.SHADOWED_TRIGGER, severity, rule, "triggers", trigger=trigger, other=lost[0][1].id)


def _winner(rule: Rule, earlier: list[Rule]) -> Rule | None:
    """An earlier rule in force whenever this one is; two that share the day do it together."""
    others = [other for other in earlier if other.id != rule.id]
    for other in others:
        if other.condition in (Condition.ALWAYS, rule.condition):
            return other
    return others[0] if {other.condition for other in others} >= _ALL_DAY else None


def _key(trigger: str, rule: Rule) -> str:
    """How the engine files a trigger; a `*` in a list is none."""
    event = event_of(trigger)
    if event is not None:
        return f"@{event}"
    if trigger.strip() == "*":
        return "*" if rule.is_wildcard else f"inert {rule.id}"
    return normalise(trigger) or f"raw {raw_key(trigger)}"


def _wildcards(graph: Graph, rules: list[Rule]) -> Iterator[Finding]:
    for place, rule in enumerate(rules):
        if rule.is_wildcard and any(not later.is_wildcard and _has_words(later) for later in rules[place + 1 :]):
            yield at_rule(Code.WILDCARD_FIRST, NOTE, rule, "priority")
    asking = next((rule for rule in rules if rule.is_wildcard and (rule.computes or rule.captures)), None)
    for rule in rules if asking else ():
        if rule.match is MatchMode.CONTIENE and _has_words(rule) and asking is not None:
            yield at_rule(Code.CONTAINS_IGNORED, WARNING, rule, "match", other=asking.id)


def _inside(rules: list[Rule]) -> Iterator[Finding]:
    """A phrase around words that an earlier rule looks for inside sentences: that rule answers the sentence."""
    seen: list[tuple[Rule, str]] = []
    for rule in rules:
        words = _words(rule) if rule.match is MatchMode.CONTIENE else []
        for phrase in words:
            taker = next((other for other, key in seen if key != phrase and f" {key} " in f" {phrase} "), None)
            if taker is not None and taker.condition in (Condition.ALWAYS, rule.condition):
                yield at_rule(Code.SHADOWED_INSIDE, NOTE, rule, "triggers", trigger=phrase, other=taker.id)
                break
        seen += [(rule, key) for key in words if sum(map(str.isalpha, key)) >= 4]


def _words(rule: Rule) -> list[str]:
    keys = (normalise(trigger) for trigger in rule.triggers if event_of(trigger) is None)
    return [key for key in keys if key]


def _has_words(rule: Rule) -> bool:
    return not rule.is_wildcard and any(event_of(trigger) is None for trigger in rule.triggers)
