"""Asks back what was heard unsurely before it moves the chat, and reads the answer: "¿Dijiste *cotizar*?"."""

from waia.bot.commands import without_courtesy
from waia.bot.flow import Menu, Option
from waia.bot.kinds import ReplyCause, RuleKind, UtteranceKind
from waia.bot.progress import Progress
from waia.bot.talk import Reply, Utterance
from waia.bot.words import Said, Words, said

# A button's id holds what it confirms, so that it means the same at any age, as the options of a menu do.
YES, NO = "dijiste:si:", "dijiste:no:"
LONGEST_ASKED = 200
YES_WORDS = frozenset(
    {"si", "sip", "claro", "claro que si", "correcto", "exacto", "eso", "eso es", "asi es", "yes", "yeah"}
)
NO_WORDS = frozenset({"no", "nop", "incorrecto", "eso no", "nope"})
_ENGLISH = ("Did you say *{}*?", "Yes", "No", "Say it again or write it, please.")
_SPANISH = ("¿Dijiste *{}*?", "Sí", "No", "Dímelo otra vez o escríbelo, por favor.")


def is_unsure(progress: Progress, heard: Said) -> bool:
    return heard.confidence < progress.settings.voice_sure


def ask(progress: Progress, meant: str) -> None:
    """Nothing moves until the customer confirms it. `meant` is the title of an option rather than its number."""
    question, yes, no, _ = _texts(progress)
    progress.asked = meant[:LONGEST_ASKED].strip()
    progress.trace.stage("voice", "asked", progress.asked)
    buttons = Menu((Option(YES + progress.asked, yes), Option(NO + progress.asked, no)))
    text = question.format(progress.asked)
    progress.replies.append(
        Reply(None, progress.step or None, RuleKind.BUTTONS, text, menu=buttons, cause=ReplyCause.CONFIRM)
    )


def read_answer(progress: Progress, part: tuple[Utterance, ...], words: Words, idle: bool) -> Words | None:
    """The words to decide: those that were confirmed, else the customer's own. None: denied, and asked to repeat."""
    asked, progress.asked = progress.asked, None
    confirmed = _tapped(part[0]) or (None if idle else _answered(progress, words, asked))
    if confirmed is None:
        return words
    text, is_yes = confirmed
    progress.trace.stage("voice", "confirmed" if is_yes else "denied", text)
    if is_yes:
        return Words(said(text), (), (), typed=True)
    *_, again = _texts(progress)
    progress.send_text(again, ReplyCause.CONFIRM)
    return None


def _tapped(tap: Utterance) -> tuple[str, bool] | None:
    """What a button of ours confirms or denies."""
    if tap.kind is not UtteranceKind.TAP or tap.menu_rule_id is not None or not tap.option_id:
        return None
    for start in (YES, NO):
        if tap.option_id.startswith(start) and (text := tap.option_id.removeprefix(start).strip()):
            return text, start == YES
    return None


def _answered(progress: Progress, words: Words, asked: str | None) -> tuple[str, bool] | None:
    """A yes that is unsure itself is taken as a no: asking back once is enough."""
    plain = {words.whole.normal, without_courtesy(words.whole.normal)}
    if asked and plain & YES_WORDS:
        return asked, not is_unsure(progress, words.whole)
    return (asked, False) if asked and plain & NO_WORDS else None


def _texts(progress: Progress) -> tuple[str, str, str, str]:
    return _ENGLISH if progress.settings.locale.lower().startswith("en") else _SPANISH
