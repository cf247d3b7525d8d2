"""Finds steps that lead into one another without the customer: by their `@entrada`, or by the `*` of passed steps."""

from collections.abc import Callable, Iterator

from waia.bot.check.findings import Code, Finding, Severity, at_rule
from waia.bot.check.graph import HOURS, Graph, entry_of
from waia.bot.flow import Rule
from waia.bot.normalise import step_key

Next = Callable[[Rule], list[Rule]]


def check_loops(graph: Graph) -> Iterator[Finding]:
    """Each rule of a loop is told once, with the step that it leads to."""
    told: set[int] = set()
    for is_open in HOURS:
        entries, wildcards = _automatic(graph, is_open)
        for rule in (*_in_loop(entries, _entered(entries)), *_in_loop(wildcards, _passed(wildcards))):
            if rule.id not in told:
                told.add(rule.id)
                target = " → ".join(rule.next_steps)
                yield at_rule(Code.AUTOMATIC_LOOP, Severity.ERROR, rule, "next_steps", target=target)


def _automatic(graph: Graph, is_open: bool) -> tuple[dict[str, Rule], dict[str, Rule]]:
    entries: dict[str, Rule] = {}
    wildcards: dict[str, Rule] = {}
    for key in graph.rules:
        view = graph.book.step(key, is_open)
        if view is None:
            continue
        if (entry := entry_of(view)) is not None:
            entries[key] = entry
        if view.wildcard is not None and not (view.wildcard.computes or view.wildcard.captures):
            wildcards[key] = view.wildcard
    return entries, wildcards


def _entered(entries: dict[str, Rule]) -> Next:
    """Where an entry rule brings the chat to rest, if that is another step with an entry rule."""

    def following(rule: Rule) -> list[Rule]:
        last = step_key(rule.next_steps[-1]) if rule.next_steps else ""
        return [entries[last]] if last in entries and last != step_key(rule.step) else []

    return following


def _passed(wildcards: dict[str, Rule]) -> Next:
    def following(rule: Rule) -> list[Rule]:
        keys = [step_key(step) for step in rule.next_steps[:-1]]
        return [wildcards[key] for key in keys if key in wildcards]

    return following


def _in_loop(rules: dict[str, Rule], following: Next) -> Iterator[Rule]:
    """Those that come back to themselves."""
    for rule in rules.values():
        seen: set[int] = set()
        waiting = following(rule)
        while waiting:
            other = waiting.pop()
            if other.id == rule.id:
                yield rule
                break
            if other.id not in seen:
                seen.add(other.id)
                waiting.extend(following(other))
