"""A flow made ready to be asked: rules by step, in order, with every trigger normalised once."""

from collections.abc import Iterable

from waia.bot.flow import FlowSettings, Rule
from waia.bot.formulas import Formula, FormulaError, compile_formula
from waia.bot.normalise import step_key
from waia.bot.placeholders import answer_key
from waia.bot.stepview import ENTRY_EVENT, StepView

GREETING_TRIGGER = "iniciar"


class RuleBook:
    """Immutable after building. Of rules with the same id the first wins.

    `retired` are steps that earlier versions of the flow had and this one has not: a chat that rests in one
    begins anew with its next message, like one whose session is over.
    """

    __slots__ = ("_by_id", "_formulas", "_names", "_retired", "_views", "answer_names", "rules", "settings")

    def __init__(
        self, rules: Iterable[Rule], settings: FlowSettings | None = None, retired: Iterable[str] = ()
    ) -> None:
        self.settings = settings or FlowSettings()
        self._retired = frozenset(map(step_key, retired))
        self.rules = tuple(sorted(rules, key=lambda rule: (rule.priority, rule.id)))
        self._by_id = {rule.id: rule for rule in reversed(self.rules)}
        self._formulas = {rule.id: _compiled(rule.formula) for rule in self.rules if rule.formula}
        self.answer_names = frozenset(answer_key(rule.capture_name) for rule in self.rules if rule.capture_name)
        self._names: dict[str, str] = {}
        self._views = self._views_of(_by_step(self.rules))

    def rule(self, rule_id: int | None) -> Rule | None:
        return self._by_id.get(rule_id) if rule_id is not None else None

    def formula(self, rule: Rule) -> Formula | FormulaError | None:
        """None when the rule has none; the error of a formula that cannot be read is a value, not raised."""
        return self._formulas.get(rule.id)

    def step(self, name: str, is_open: bool) -> StepView | None:
        """The rules of a step inside or outside business hours; None for a step without any rule."""
        return self._views.get((step_key(name), is_open))

    def is_retired(self, step: str) -> bool:
        return bool(self._retired) and step_key(step) in self._retired

    def spelling(self, name: str) -> str:
        """The name of a step as its first rule writes it."""
        return self._names.get(step_key(name), name.strip())

    def greeting(self, is_open: bool) -> Rule | None:
        """The initial step's rule with `iniciar`, else `@entrada`, else `*`; never one that computes."""
        view = self.step(self.settings.initial_step, is_open)
        if view is None:
            return None
        candidates = (*view.exact.get(GREETING_TRIGGER, ()), view.events.get(ENTRY_EVENT), view.wildcard)
        return next((rule for rule in candidates if rule is not None and not rule.computes), None)

    def _views_of(self, steps: dict[str, list[Rule]]) -> dict[tuple[str, bool], StepView]:
        views = {}
        for key, rules in steps.items():
            self._names[key] = rules[0].step.strip()
            for is_open in (True, False):
                views[key, is_open] = StepView(rules, is_open, self.settings.match_profile)
        return views


def _by_step(rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    steps: dict[str, list[Rule]] = {}
    for rule in rules:
        steps.setdefault(step_key(rule.step), []).append(rule)
    return steps


def _compiled(formula: str) -> Formula | FormulaError:
    try:
        return compile_formula(formula)
    except FormulaError as error:
        return error
