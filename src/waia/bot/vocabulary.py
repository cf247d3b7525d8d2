"""What a customer may say where the chat stands, for a recogniser that listens for that first."""

import re
from collections.abc import Iterable, Iterator, Sequence

from waia.bot.commands import RESTART_COMMANDS
from waia.bot.flow import Menu, Rule
from waia.bot.formulas import Formula
from waia.bot.kinds import CaptureKind, Holder
from waia.bot.rulebook import RuleBook
from waia.bot.spoken import in_words, number_words
from waia.bot.stepview import StepView, event_of
from waia.bot.talk import ChatState

MOST_PHRASES = 200
_YES_NO = {"es": ("sí", "no", "claro", "correcto", "eso es"), "en": ("yes", "no", "correct")}
_CHOOSING = {"es": ("opción {}", "la {}", "el {}"), "en": ("option {}", "number {}")}
_NUMERIC = frozenset({CaptureKind.NUMBER, CaptureKind.MEASURE})
_WORD = re.compile(r"[^\W_]+")


def vocabulary_of(book: RuleBook, state: ChatState) -> tuple[str, ...]:
    """Phrases as they are spoken, in lower case, the likeliest first; inside and outside opening hours together.

    Empty where the answer is open: a step that keeps what is said as text, no session, a chat that people hold, or
    more answers than a recogniser tells apart (`MOST_PHRASES`): a list with holes is worse than none.
    """
    if state.step is None or (state.holder is not Holder.BOT and book.settings.bot_resume_hours > 0):
        return ()
    views = [view for is_open in (True, False) if (view := book.step(state.step, is_open))]
    wildcards = [view.wildcard for view in views if view.wildcard]
    if not views or any(_is_open_question(book, rule) for rule in wildcards):
        return ()
    answers = dict.fromkeys(_answers(book, state, views, wildcards))
    if not answers:
        return ()
    commands = (_spoken(name, book.settings.locale) for name in (*book.settings.commands, *RESTART_COMMANDS))
    phrases = tuple(filter(None, dict.fromkeys((*answers, *commands))))
    return phrases if len(phrases) <= MOST_PHRASES else ()


def _answers(book: RuleBook, state: ChatState, views: Sequence[StepView], wildcards: Sequence[Rule]) -> Iterator[str]:
    locale = book.settings.locale
    if state.asked:
        yield from _YES_NO[_language(locale)]
    last = book.rule(state.last_menu_rule_id)
    if last and last.menu:
        yield from _options(last.menu, locale)
    for rule in (rule for view in views for rule in view.rules if not rule.is_wildcard):
        yield from _phrases((trigger for trigger in rule.triggers if event_of(trigger) is None), locale)
    if any(_wants_numbers(book, rule) for rule in wildcards):
        yield from number_words(locale)


def _is_open_question(book: RuleBook, wildcard: Rule) -> bool:
    """Whether anything may be answered: a text, a date, an address, or what a plug-in reads."""
    if wildcard.handler in book.settings.handlers:
        return True
    return wildcard.captures and wildcard.capture_kind not in {*_NUMERIC, CaptureKind.OPTION}


def _wants_numbers(book: RuleBook, wildcard: Rule) -> bool:
    formula = book.formula(wildcard)
    takes_sides = isinstance(formula, Formula) and formula.sides > 0
    return takes_sides or (wildcard.captures and wildcard.capture_kind in _NUMERIC)


def _options(menu: Menu, locale: str) -> Iterator[str]:
    """By title, by id and by number; `1. Cotizar` is said without its number too."""
    for number, option in enumerate(menu.options, start=1):
        yield from _phrases((option.title, option.title.lstrip("0123456789.-) "), option.id), locale)
        if counted := in_words(number, locale):
            yield counted
            yield from (words.format(counted) for words in _CHOOSING[_language(locale)])


def _phrases(texts: Iterable[str], locale: str) -> Iterator[str]:
    return filter(None, (_spoken(text, locale) for text in texts))


def _spoken(text: str, locale: str) -> str:
    """Lower case, without signs, numbers as words; empty for what has no words, or is no word that is spoken."""
    words = [in_words(int(word), locale) if _is_number(word) else word for word in _WORD.findall(text.lower())]
    speakable = all(word and not any(letter.isdigit() for letter in word) for word in words)
    return " ".join(words) if speakable else ""


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) <= 4


def _language(locale: str) -> str:
    return "en" if locale.lower().startswith("en") else "es"
