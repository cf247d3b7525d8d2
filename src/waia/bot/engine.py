"""Decides a turn: holder, option tap, session expiry, first message, command, the step's rules, fallback."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from waia.bot.answering import answer, answer_after_greeting
from waia.bot.commands import command_in, command_of, run_command
from waia.bot.confirming import ask, is_unsure, read_answer
from waia.bot.kinds import FirstMessage, Holder, UtteranceKind
from waia.bot.progress import Progress
from waia.bot.rulebook import RuleBook
from waia.bot.sessions import bot_is_due, greet, is_idle
from waia.bot.talk import ChatState, Decision, Turn, Utterance
from waia.bot.taps import decide_tap
from waia.bot.words import Words, words_of


def decide(book: RuleBook, state: ChatState, turn: Turn) -> Decision:
    """Pure and total: the same values give the same decision, and no text or flow makes it raise.

    Texts of a turn are decided together; a tap is decided by itself, after what was said before it.
    """
    progress = Progress(book, state, turn)
    if bot_is_due(book.settings, state, turn.now):
        progress.trace.stage("holder", "bot_resumes", state.holder.value)
        progress.bring_bot_back()
    previous = turn.previous_customer_at or state.last_customer_at
    for part in _parts(turn.utterances):
        progress.begin_part()
        _decide_part(progress, part, previous)
        progress.end_part()
        previous = part[-1].at
    if not turn.utterances:
        progress.silence = "nothing_said"
    return progress.decision()


def _parts(utterances: Sequence[Utterance]) -> Iterator[tuple[Utterance, ...]]:
    """Each tap by itself, what lies between together. The same tap twice in a row is a nervous finger."""
    waiting: list[Utterance] = []
    last_tap: tuple[str | None, int | None] | None = None
    for utterance in utterances:
        if utterance.kind is not UtteranceKind.TAP:
            waiting.append(utterance)
            continue
        tap = (utterance.option_id, utterance.menu_rule_id)
        if waiting:
            yield tuple(waiting)
        if waiting or tap != last_tap:
            yield (utterance,)
        waiting, last_tap = [], tap
    if waiting:
        yield tuple(waiting)


def _decide_part(progress: Progress, part: tuple[Utterance, ...], previous: datetime | None) -> None:
    words = words_of(part, progress.settings.locale)
    progress.trace.text = " | ".join(filter(None, (progress.trace.text, words.whole.normal)))
    if not progress.bot_speaks:
        _while_held(progress, words)
        return
    progress.trace.stage("holder", progress.holder.value)
    gone = progress.book.is_retired(progress.step)
    idle = not progress.step or gone or is_idle(progress.settings, previous, part[0].at)
    meant = read_answer(progress, part, words, idle)
    if meant is None:
        return
    if meant is words and part[0].kind is UtteranceKind.TAP and decide_tap(progress, part[0], idle):
        return
    if idle:
        _first_message(progress, meant, "step_gone" if gone else "expired")
    else:
        _answer(progress, meant)


def _answer(progress: Progress, words: Words) -> None:
    command = command_in(progress.settings, words.whole.normal)
    if command is None:
        progress.trace.stage("command", "none")
        answer(progress, words)
    elif is_unsure(progress, words.whole):
        ask(progress, words.whole.raw)
    else:
        run_command(progress, command, words.whole)


def _while_held(progress: Progress, words: Words) -> None:
    """A person is never interrupted; from the queue a command brings the bot back."""
    command = command_of(progress.settings, words) if progress.holder is Holder.QUEUE else None
    if command is None:
        progress.silence = f"held_by_{progress.holder.value}"
        progress.trace.stage("holder", progress.silence)
        return
    progress.trace.stage("holder", "command_brings_bot_back", command)
    progress.bring_bot_back()
    run_command(progress, command, words.whole)


def _first_message(progress: Progress, words: Words, why: str) -> None:
    """The greeting, then (`greet_then_answer`) the first words; without a greeting, the step's rules."""
    progress.trace.stage("first_message", why if progress.step else "new_session")
    progress.open_session()
    greeting = greet(progress)
    if greeting is None:
        answer(progress, words)
    elif progress.settings.first_message == FirstMessage.GREET_THEN_ANSWER and progress.bot_speaks:
        answer_after_greeting(progress, words, greeting)
