"""Decides the customer's words in the step where the chat is: the passes in order, down to the fallback."""

from waia.bot.asking import apply
from waia.bot.commands import command_in, run_command
from waia.bot.computing import reads_as_measure
from waia.bot.confirming import ask, is_unsure
from waia.bot.flow import Rule
from waia.bot.kinds import HandoverReason, ReplyCause
from waia.bot.matching import Match, contained_rule, record, whole_text
from waia.bot.progress import Progress
from waia.bot.steps import choose, fire, rest
from waia.bot.stepview import StepView, event_of
from waia.bot.words import Said, Words, said

MOST_MISSES = 3


def answer(progress: Progress, words: Words) -> None:
    """The joined text, then each message, against triggers and options; then the looser passes."""
    view = progress.view()
    if view is None or not view.answers:
        _no_rules(progress, words)
        return
    match = _match(progress, view, words) if words.any_text else None
    record(progress, view, match)
    if match:
        _follow(progress, match, words)
    elif not _answer_event(progress, view, words) and not _answer_by_wildcard(progress, view, words):
        _miss(progress, words)


def answer_after_greeting(progress: Progress, words: Words, greeting: Rule) -> None:
    """The first words, as if repeated: only by what matches them, and not if they are the greeting's own."""
    view = progress.view()
    own = {said(trigger) for trigger in greeting.triggers if event_of(trigger) is None}
    if view is None or not words.whole.raw or _same(words.whole, own):
        progress.trace.stage("first_words", "nothing_more")
        return
    match = _match_first_words(progress, view, words, own)
    record(progress, view, match)
    if match is None:
        progress.trace.stage("first_words", "no_match")
    else:
        _follow(progress, match, words)


def _match(progress: Progress, view: StepView, words: Words) -> Match | None:
    whole = words.whole
    for text in words.readings:
        if text is not whole and command_in(progress.settings, text.normal):
            return Match("command", text)
        if match := whole_text(progress, view, text):
            return match
    wildcard = view.wildcard
    if wildcard and wildcard.computes and any(reads_as_measure(progress, wildcard, one.raw) for one in words.wholes):
        return Match("measure", whole, wildcard)
    return _contained(progress, view, words)


def _contained(progress: Progress, view: StepView, words: Words) -> Match | None:
    for text in words.wholes:
        if rule := contained_rule(progress, view, text):
            return Match("contains", text, rule)
    return None


def _match_first_words(progress: Progress, view: StepView, words: Words, own: set[Said]) -> Match | None:
    for text in words.readings:
        match = None if _same(text, own) else whole_text(progress, view, text)
        if match and not (match.rule and match.rule.computes):
            return match
    match = _contained(progress, view, words)
    return None if match is None or (match.rule and match.rule.computes) else match


def _same(text: Said, own: set[Said]) -> bool:
    return any(text.normal == other.normal and (text.normal or text.raw == other.raw) for other in own)


def _follow(progress: Progress, match: Match, words: Words) -> None:
    """What would move the chat is asked back where it was heard unsurely; a measure is an answer like any other."""
    progress.trace.stage("rules", match.stage, match.said.normal or match.said.raw)
    if match.stage != "measure" and is_unsure(progress, match.said):
        ask(progress, match.option.title if match.option else match.said.raw)
        return
    before = progress.step
    if match.stage == "command":
        name = command_in(progress.settings, match.said.normal)
        run_command(progress, name or "", match.said)
    elif match.rule is None and match.option is not None:
        choose(progress, match.option)
    elif match.rule is not None:
        texts = [match.said.raw] if match.stage != "measure" else [text.raw for text in words.readings]
        if not apply(progress, match.rule, texts, may_refuse=words.typed):
            progress.silence = "caption_unanswered"
        rest(progress, before)


def _answer_event(progress: Progress, view: StepView, words: Words) -> bool:
    for event in words.events:
        rule = view.events.get(event)
        if rule is not None:
            progress.trace.stage("rules", "event", f"@{event}")
            before = progress.step
            progress.matched()
            fire(progress, rule)
            rest(progress, before)
            return True
    return False


def _answer_by_wildcard(progress: Progress, view: StepView, words: Words) -> bool:
    wildcard = view.wildcard
    if wildcard is None or not words.any_text:
        return False
    before = progress.step
    texts = [text.raw for text in words.readings]
    progress.trace.stage("rules", "wildcard", str(wildcard.id))
    if not apply(progress, wildcard, texts, may_refuse=words.typed):
        return False
    rest(progress, before)
    return True


def _no_rules(progress: Progress, words: Words) -> None:
    """Old flows park a customer in an empty step to wait for a person: nothing is said."""
    progress.silence = "step_without_rules"
    progress.trace.stage("rules", "step_without_rules", progress.step)
    if words.any_text:
        progress.hand_over(HandoverReason.STEP_WITHOUT_RULES)


def _miss(progress: Progress, words: Words) -> None:
    """Words meet the fallback, the third time in a row a person; pictures and the like meet silence."""
    if not words.typed:
        progress.silence = "non_text_without_rule"
        progress.trace.stage("fallback", "non_text_without_rule")
        return
    progress.missed = True
    progress.refusals = 0
    progress.misses += 1
    progress.trace.stage("fallback", "no_match", str(progress.misses))
    progress.silence = "empty_fallback"
    settings = progress.settings
    if progress.misses >= MOST_MISSES and settings.handover_text.strip():
        progress.send_text(settings.handover_text, ReplyCause.HANDOVER)
    else:
        progress.send_text(settings.fallback_text, ReplyCause.FALLBACK)
    if progress.misses >= MOST_MISSES:
        progress.misses = 0
        progress.hand_over(HandoverReason.MISSES)
