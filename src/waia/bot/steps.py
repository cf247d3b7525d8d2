"""How a rule carries the chat on: over comma lists of steps, and into the step where it comes to rest."""

from collections.abc import Sequence

from waia.bot.columns import split_steps
from waia.bot.flow import Option, Rule
from waia.bot.kinds import AtEnd, HandoverReason
from waia.bot.normalise import step_key
from waia.bot.progress import Progress
from waia.bot.stepview import ENTRY_EVENT


def fire(progress: Progress, rule: Rule, text: str | None = None, next_steps: Sequence[str] = ()) -> None:
    """Sends the rule (once a turn), then goes where it leads; `text` and `next_steps` replace its own."""
    if rule.id in progress.sent:
        progress.trace.stage("steps", "sent_already", str(rule.id))
        return
    progress.send_rule(rule, text)
    if rule.at_end is AtEnd.PERSON:
        progress.hand_over(HandoverReason.RULE, rule)
    go(progress, next_steps or rule.next_steps)


def go(progress: Progress, targets: Sequence[str]) -> None:
    """Every step but the last sends its `*` rule on the way; the last one is where the chat stays."""
    for target in targets[:-1]:
        if not progress.take_automatic_step():
            break
        _pass_through(progress, target)
    if targets:
        progress.step = progress.book.spelling(targets[-1])
        progress.trace.stage("steps", "moved", progress.step)


def rest(progress: Progress, before: str, always: bool = False) -> None:
    """Sends the `@entrada` of the step where the chat comes to rest, if another than `before` or `always`.

    A menu of the step left behind is no longer the step's last menu.
    """
    while (moved := step_key(progress.step) != step_key(before)) or always:
        if moved and progress.menu_rule_id not in progress.sent:
            progress.menu_rule_id = None
        always, before = False, progress.step
        _enter(progress)


def choose(progress: Progress, option: Option) -> None:
    """Follows an option's target; a choice is never met with silence if the step has something to say."""
    before, replies = progress.step, len(progress.replies)
    progress.matched()
    go(progress, split_steps(option.target))
    rest(progress, before, always=len(progress.replies) == replies)


def _pass_through(progress: Progress, step: str) -> None:
    view = progress.view(step)
    wildcard = view.wildcard if view else None
    if wildcard is None:
        progress.trace.stage("steps", "no_wildcard", step)
    elif wildcard.computes or wildcard.captures:
        progress.trace.stage("steps", "wildcard_needs_an_answer", step)
    else:
        progress.trace.stage("steps", "passed", step)
        fire(progress, wildcard)


def _enter(progress: Progress) -> None:
    view = progress.view()
    entry = view.events.get(ENTRY_EVENT) if view else None
    if entry is None:
        progress.trace.stage("entry", "no_entry_rule", progress.step)
    elif progress.take_automatic_step():
        progress.trace.stage("entry", "entered", progress.step)
        fire(progress, entry)
