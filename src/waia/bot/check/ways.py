"""Findings about where rules lead: unknown steps, silent arrivals, dead ends, loops, steps nobody reaches."""

from collections.abc import Iterator

from waia.bot.check.findings import Code, Finding, Severity, at_rule
from waia.bot.check.graph import HOURS, Graph, Way, entry_of
from waia.bot.flow import Rule
from waia.bot.kinds import AtEnd
from waia.bot.normalise import step_key
from waia.bot.stepview import StepView

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


def check_ways(graph: Graph) -> Iterator[Finding]:
    yield from _greeting(graph)
    for rule in graph.enabled():
        for way in graph.ways[rule.id]:
            yield from _targets(graph, way)
    for key, rules in graph.rules.items():
        yield from _step(graph, key, rules)


def _greeting(graph: Graph) -> Iterator[Finding]:
    initial = graph.book.settings.initial_step
    if any(graph.book.greeting(is_open) is None for is_open in HOURS):
        rules = graph.rules.get(step_key(initial), ())
        first = rules[0].id if rules else None
        yield Finding(Code.NO_GREETING, ERROR, first, initial, "triggers", (("target", initial),))


def _targets(graph: Graph, way: Way) -> Iterator[Finding]:
    rule, about = way.rule, "options" if way.option else "next_steps"
    named = {"option": way.option.title if way.option else ""}
    for step in way.passed:
        yield from _passed(graph, rule, about, step, named)
    if graph.exists(way.last):
        if way.option is not None and not way.passed and _arrives_in_silence(graph, way.last):
            yield at_rule(Code.OPTION_WITHOUT_ENTRY, ERROR, rule, about, target=way.last, **named)
    elif rule.at_end is not AtEnd.PERSON or way.option is not None:
        yield at_rule(Code.UNKNOWN_TARGET, ERROR, rule, about, target=way.last, **named)


def _passed(graph: Graph, rule: Rule, about: str, step: str, named: dict[str, str]) -> Iterator[Finding]:
    if not graph.exists(step):
        yield at_rule(Code.UNKNOWN_TARGET, ERROR, rule, about, target=step, **named)
        return
    wildcards = [view.wildcard for view in graph.views(step) if view.wildcard]
    if not wildcards:
        yield at_rule(Code.PASSES_NOTHING, WARNING, rule, about, target=step, **named)
    elif any(wildcard.computes or wildcard.captures for wildcard in wildcards):
        yield at_rule(Code.PASSES_QUESTION, WARNING, rule, about, target=step, **named)


def _arrives_in_silence(graph: Graph, step: str) -> bool:
    """Whether the step has nothing to say to who comes in, at least inside or outside business hours."""
    views = [graph.book.step(step, is_open) for is_open in HOURS]
    return any(view is None or entry_of(view) is None for view in views)


def _step(graph: Graph, key: str, rules: list[Rule]) -> Iterator[Finding]:
    first = rules[0]
    if key not in graph.rested | graph.passed:
        severity = NOTE if graph.open_ended else WARNING
        yield at_rule(Code.UNREACHABLE_STEP, severity, first, "step", target=first.step)
        return
    if key not in graph.rested:
        return
    if not _leads_on(graph, key, rules):
        yield at_rule(Code.DEAD_END, WARNING, first, "next_steps", target=first.step)
    elif _lacks_fallback(graph, first.step):
        severity = NOTE if graph.book.settings.fallback_text.strip() else WARNING
        yield at_rule(Code.NO_FALLBACK, severity, first, "triggers", target=first.step)


def _leads_on(graph: Graph, key: str, rules: list[Rule]) -> bool:
    """Whether a chat can leave the step by a rule of it; the initial step is where everything leads back to."""
    if key == step_key(graph.book.settings.initial_step):
        return True
    if any(rule.at_end is AtEnd.PERSON or rule.handler for rule in rules):
        return True
    return any(step_key(way.last) != key for rule in rules for way in graph.ways[rule.id])


def _lacks_fallback(graph: Graph, step: str) -> bool:
    """A step that its own entry leaves at once, or that hands over, needs none."""
    return any(view.wildcard is None and view.answers and not _moves_on(view) for view in graph.views(step))


def _moves_on(view: StepView) -> bool:
    entry = entry_of(view)
    return entry is not None and (bool(entry.next_steps) or entry.at_end is AtEnd.PERSON)
