"""Finds the rule, or the option, that a text means in a step; each pass is one function."""

from dataclasses import dataclass

from waia.bot.flow import Menu, Option, Rule
from waia.bot.normalise import normalise, raw_key
from waia.bot.options import find_option
from waia.bot.progress import Progress
from waia.bot.stepview import StepView
from waia.bot.words import Said


@dataclass(frozen=True, slots=True)
class Match:
    """`option` without `rule` is an option that leads somewhere; `said` is the text that matched."""

    stage: str
    said: Said
    rule: Rule | None = None
    option: Option | None = None


def whole_text(progress: Progress, view: StepView, said: Said) -> Match | None:
    """Passes 1 and 2: the text equals a trigger, or an option of the step's last menu."""
    rule = equal_rule(progress, view, said)
    return Match("exact", said, rule) if rule else _chosen(progress, view, said)


def equal_rule(progress: Progress, view: StepView, said: Said) -> Rule | None:
    """A text of emoji only is compared as written."""
    rules = view.exact.get(said.normal, ()) if said.normal else view.raw.get(raw_key(said.raw), ())
    return next((rule for rule in rules if rule.id not in progress.sent), None)


def contained_rule(progress: Progress, view: StepView, said: Said) -> Rule | None:
    """Pass 4: the first rule in mode `contiene` one of whose triggers stands in the text as whole words."""
    padded = f" {said.normal} "
    for rule, trigger in view.contained:
        if trigger in padded and rule.id not in progress.sent:
            return rule
    return None


def last_menu(progress: Progress) -> Menu | None:
    rule = progress.book.rule(progress.menu_rule_id)
    return rule.menu if rule else None


def record(progress: Progress, view: StepView, match: Match | None) -> None:
    """Writes into the trace which rules were looked at and why each was passed over."""
    trace = progress.trace
    trace.rules.extend(view.out_of_force)
    equal = match.rule if match and match.stage == "exact" else None
    trace.rules.extend(view.unequal[: view.place[equal.id]] if equal else view.unequal)
    if match is None or match.stage == "contains":
        stop = view.place[match.rule.id] if match and match.rule else None
        trace.rules.extend(view.uncontained[:stop])
    if match and match.rule:
        trace.rules.append((match.rule.id, match.stage, "matched"))


def _chosen(progress: Progress, view: StepView, said: Said) -> Match | None:
    """An option with a target leads there; one without is its title typed."""
    menu = last_menu(progress)
    option = find_option(menu, said.raw) if menu else None
    if option is None:
        return None
    if option.target:
        return Match("option", said, option=option)
    title = Said(option.title, normalise(option.title), said.confidence)
    rule = equal_rule(progress, view, title)
    return Match("option", title, rule, option) if rule else None
