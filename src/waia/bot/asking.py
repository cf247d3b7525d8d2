"""Applies a matched rule: computes and keeps the answer if it asks for one, or refuses it, then fires."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from waia.bot.captures import Question, accept_answer, write_measure
from waia.bot.computing import Computed, Failed, compute
from waia.bot.flow import Rule
from waia.bot.kinds import CaptureKind, HandoverReason, ReplyCause
from waia.bot.matching import last_menu
from waia.bot.progress import Progress
from waia.bot.steps import fire

MOST_REFUSALS = 3

_MEASURED = frozenset({CaptureKind.MEASURE, CaptureKind.NUMBER})


@dataclass(frozen=True, slots=True)
class Accepted:
    computed: Computed = field(default_factory=Computed)
    answer: str | None = None


def apply(progress: Progress, rule: Rule, texts: Sequence[str], may_refuse: bool = True) -> bool:
    """Fires the rule with the first of `texts` that it accepts. False when all were refused and
    `may_refuse` says that this must stay without an answer (a caption is no reply to a question).
    """
    found = _first_accepted(progress, rule, texts)
    if isinstance(found, Accepted):
        _fire(progress, rule, found)
    elif isinstance(found, Failed):
        _give_up(progress, rule, found.reason)
    elif may_refuse:
        _refuse(progress, rule)
    else:
        return False
    return True


def _first_accepted(progress: Progress, rule: Rule, texts: Sequence[str]) -> Accepted | Failed | None:
    for text in texts:
        found = _accepted(progress, rule, text)
        if found is not None:
            return found
    return None


def _accepted(progress: Progress, rule: Rule, text: str) -> Accepted | Failed | None:
    computed: Computed | Failed | None = compute(progress, rule, text) if rule.computes else Computed()
    if not isinstance(computed, Computed):
        return computed
    if not rule.captures:
        return Accepted(computed)
    answer = _answer(progress, rule, text, computed)
    return None if answer is None else Accepted(computed, answer)


def _answer(progress: Progress, rule: Rule, text: str, computed: Computed) -> str | None:
    locale = progress.settings.locale
    if computed.measure and computed.measure.sides and rule.capture_kind in _MEASURED:
        return write_measure(computed.measure, rule.unit, locale)
    return accept_answer(text, Question(rule, last_menu(progress), progress.turn.now.date(), locale))


def _fire(progress: Progress, rule: Rule, accepted: Accepted) -> None:
    progress.matched()
    answer = accepted.computed.answer
    if accepted.computed.values:
        progress.values = accepted.computed.values
    if accepted.answer is not None and rule.capture_name:
        progress.keep_answer(rule.capture_name, accepted.answer)
        progress.trace.stage("capture", "kept", rule.capture_name)
    for name, kept in (answer.captured if answer else {}).items():
        progress.keep_answer(name, kept)
    fire(progress, rule, answer.text if answer else None, answer.next_steps if answer else ())
    if answer and answer.handover:
        progress.hand_over(HandoverReason.PLUGIN_ASKED, rule)


def _give_up(progress: Progress, rule: Rule, reason: HandoverReason) -> None:
    progress.trace.chosen.append(rule.id)
    progress.silence = reason.value
    progress.hand_over(reason, rule)
    progress.send_text(progress.settings.handover_text, ReplyCause.HANDOVER)


def _refuse(progress: Progress, rule: Rule) -> None:
    """Asks again in the same step; the third time in a row a person takes over."""
    progress.misses = 0
    progress.refusals += 1
    progress.trace.chosen.append(rule.id)
    progress.trace.stage("answer", "refused", str(progress.refusals))
    progress.silence = "answer_refused"
    settings = progress.settings
    if progress.refusals >= MOST_REFUSALS and settings.handover_text.strip():
        progress.send_text(settings.handover_text, ReplyCause.HANDOVER)
    else:
        progress.send_text(_retry_text(progress, rule), ReplyCause.RETRY)
    if progress.refusals >= MOST_REFUSALS:
        progress.refusals = 0
        progress.hand_over(HandoverReason.REFUSALS, rule)


def _retry_text(progress: Progress, rule: Rule) -> str:
    if rule.capture_retry:
        return rule.capture_retry
    if rule.computes or rule.capture_kind is CaptureKind.MEASURE:
        return progress.settings.bad_measure_text
    return progress.settings.fallback_text
