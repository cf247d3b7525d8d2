"""The flow as a graph: where each rule leads, what is passed on the way, which steps a chat can come to."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from waia.bot.columns import split_steps
from waia.bot.flow import Option, Rule
from waia.bot.kinds import MENU_KINDS
from waia.bot.normalise import step_key
from waia.bot.rulebook import RuleBook
from waia.bot.stepview import ENTRY_EVENT, StepView

HOURS = (True, False)


@dataclass(frozen=True, slots=True)
class Way:
    """One way out of a rule: by its next steps, or by choosing `option`. All steps but the last are passed."""

    rule: Rule
    targets: tuple[str, ...]
    option: Option | None = None

    @property
    def passed(self) -> tuple[str, ...]:
        return self.targets[:-1]

    @property
    def last(self) -> str:
        return self.targets[-1]


@dataclass(slots=True)
class Graph:
    """`rested` and `passed` hold keys of steps that a chat can come to rest in, or only pass through.

    With an owner's own commands or handlers anything may follow: then `open_ended`.
    """

    book: RuleBook
    rules: dict[str, list[Rule]] = field(default_factory=dict)
    ways: dict[int, tuple[Way, ...]] = field(default_factory=dict)
    rested: set[str] = field(default_factory=set)
    passed: set[str] = field(default_factory=set)

    @property
    def open_ended(self) -> bool:
        return bool(self.book.settings.commands) or any(rule.handler for rule in self.book.rules if rule.enabled)

    def exists(self, step: str) -> bool:
        return step_key(step) in self.rules

    def views(self, step: str) -> Iterator[StepView]:
        """The step inside and outside business hours, where it has rules in force."""
        for is_open in HOURS:
            view = self.book.step(step, is_open)
            if view is not None and view.rules:
                yield view

    def enabled(self) -> Iterator[Rule]:
        return (rule for rules in self.rules.values() for rule in rules)


def graph_of(book: RuleBook) -> Graph:
    """Disabled rules are no part of it."""
    graph = Graph(book)
    for rule in book.rules:
        if rule.enabled:
            graph.rules.setdefault(step_key(rule.step), []).append(rule)
            graph.ways[rule.id] = tuple(_ways(rule))
    _walk(graph)
    return graph


def entry_of(view: StepView) -> Rule | None:
    return view.events.get(ENTRY_EVENT)


def _ways(rule: Rule) -> Iterator[Way]:
    if rule.next_steps:
        yield Way(rule, rule.next_steps)
    if rule.menu is None or rule.kind not in MENU_KINDS:
        return
    for option in rule.menu.options:
        if targets := split_steps(option.target):
            yield Way(rule, targets, option)


def _walk(graph: Graph) -> None:
    """From the initial step along every way; a passed step's `*` may itself pass others."""
    waiting = [step_key(graph.book.settings.initial_step)]
    while waiting:
        step = waiting.pop()
        if step in graph.rested:
            continue
        graph.rested.add(step)
        for rule in graph.rules.get(step, ()):
            for way in graph.ways[rule.id]:
                waiting.append(step_key(way.last))
                _pass(graph, way.passed)
                waiting.extend(_beside(graph, way.passed))


def _pass(graph: Graph, steps: Iterable[str]) -> None:
    waiting = [step_key(step) for step in steps]
    while waiting:
        step = waiting.pop()
        if step in graph.passed:
            continue
        graph.passed.add(step)
        for rule in graph.rules.get(step, ()):
            if rule.is_wildcard:
                waiting.extend(step_key(name) for name in rule.next_steps[:-1])


def _beside(graph: Graph, steps: Iterable[str]) -> Iterator[str]:
    """A menu that is sent on the way can be tapped, and leads on from there."""
    for step in steps:
        for rule in graph.rules.get(step_key(step), ()):
            if rule.is_wildcard:
                yield from (step_key(way.last) for way in graph.ways[rule.id] if way.option is not None)
