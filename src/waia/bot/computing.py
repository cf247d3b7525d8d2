"""Works out the numbers of a rule with `calculo` or `handler` from what the customer wrote."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from waia.bot.captures import within_bounds
from waia.bot.flow import FlowSettings, Rule
from waia.bot.formulas import Formula, FormulaError, Uncomputable
from waia.bot.kinds import HandoverReason
from waia.bot.measures import Measure, read_measure
from waia.bot.placeholders import NO_VALUES, Values
from waia.bot.plugins import Plugin, PluginAnswer, PluginCall, PluginResult
from waia.bot.progress import Progress


@dataclass(frozen=True, slots=True)
class Computed:
    values: Values = field(default_factory=lambda: NO_VALUES)
    measure: Measure | None = None
    answer: PluginAnswer | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """Not the customer's fault: a person must answer."""

    reason: HandoverReason


def compute(progress: Progress, rule: Rule, text: str) -> Computed | Failed | None:
    """None when the text is no measure that the rule takes, or has no result: the customer is asked again."""
    plugin = progress.settings.handlers.get(rule.handler) if rule.handler else None
    if plugin is not None:
        return _by_plugin(progress, rule, plugin, text)
    formula = progress.book.formula(rule)
    if formula is None:
        return Failed(HandoverReason.PLUGIN_MISSING)
    if isinstance(formula, FormulaError):
        return Failed(HandoverReason.FORMULA_BROKEN)
    return _by_formula(formula, rule, progress.settings, text)


def reads_as_measure(progress: Progress, rule: Rule, text: str) -> bool:
    """Whether the text is of the kind that a computing rule waits for."""
    formula = progress.book.formula(rule)
    if isinstance(formula, Formula):
        return formula.sides > 0 and read_measure(text, formula.sides, rule.unit, progress.settings.locale) is not None
    return _any_measure(rule, progress.settings, text) is not None


def call_plugin(plugin: Plugin, call: PluginCall) -> PluginAnswer | None:
    """None if it raised or answered what cannot be read: an owner's function may break, the turn may not."""
    try:
        return _readable(plugin(call))
    except Exception:  # noqa: BLE001 - the boundary to foreign code; the caller hands the chat over and the trace says so
        return None


def _by_formula(formula: Formula, rule: Rule, settings: FlowSettings, text: str) -> Computed | None:
    measure = read_measure(text, formula.sides, rule.unit, settings.locale) if formula.sides else Measure(())
    if measure is None or not within_bounds(rule, measure.sides):
        return None
    values = _named(measure)
    try:
        return Computed({**values, "total": formula.compute(values)}, measure)
    except Uncomputable:
        return None


def _by_plugin(progress: Progress, rule: Rule, plugin: Plugin, text: str) -> Computed | Failed | None:
    measure = _any_measure(rule, progress.settings, text)
    if measure and not within_bounds(rule, measure.sides):
        return None
    sides = measure.sides if measure else ()
    call = PluginCall(rule.handler or "", text, rule.step, progress.captured, sides, progress.turn.now)
    answer = call_plugin(plugin, call)
    if answer is None:
        return Failed(HandoverReason.PLUGIN_FAILED)
    if answer.refused:
        return None
    values = _named(measure) if measure else {}
    return Computed({**values, **answer.values}, measure, answer)


def _any_measure(rule: Rule, settings: FlowSettings, text: str) -> Measure | None:
    two = read_measure(text, 2, rule.unit, settings.locale)
    return two or read_measure(text, 1, rule.unit, settings.locale)


def _named(measure: Measure) -> Mapping[str, float]:
    names = ("p1", "p2") if len(measure.sides) == 2 else ("medida",)
    return dict(zip(names, measure.sides, strict=False))


def _readable(result: PluginResult) -> PluginAnswer:
    if result is None:
        return PluginAnswer()
    if isinstance(result, str | int | float):
        return PluginAnswer(values={"total": _value(result)})
    return PluginAnswer(
        text=None if result.text is None else str(result.text),
        values={str(name): _value(value) for name, value in result.values.items()},
        captured={str(name): str(answer) for name, answer in result.captured.items()},
        next_steps=tuple(str(step) for step in result.next_steps if str(step).strip()),
        refused=bool(result.refused),
        handover=bool(result.handover),
    )


def _value(value: str | float) -> str | float:
    if isinstance(value, str):
        return value
    if not math.isfinite(value):
        raise ValueError("a plug-in answered no finite number")
    return value
