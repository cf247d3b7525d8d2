"""Small flows and a phone for the tests of the bot: rules by column, turns by what the customer does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from waia.bot.engine import decide
from waia.bot.models import (
    ChatState,
    Decision,
    FlowProfile,
    FlowSettings,
    Media,
    Menu,
    Option,
    Rule,
    RuleBook,
    RuleKind,
    Turn,
    Utterance,
    UtteranceKind,
    split_steps,
    split_triggers,
)

NOON = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
WAIA = FlowSettings.for_profile(FlowProfile.WAIA)
ORIGINAL = FlowSettings.for_profile(FlowProfile.ORIGINAL)
FALLBACK = WAIA.fallback_text
RESTART = WAIA.restart_text
BAD_MEASURE = WAIA.bad_measure_text


def rule(id: int, step: str, triggers: str, text: str = "", goes: str = "", **fields: object) -> Rule:  # noqa: A002
    made = Rule(id, step, split_triggers(triggers), text, next_steps=split_steps(goes))
    return replace(made, **fields)  # type: ignore[arg-type]


def menu(*options: str) -> Menu:
    """Each option is `title` or `title>target`; ids are opt1, opt2 …"""
    pairs = [option.partition(">") for option in options]
    return Menu(tuple(Option(f"opt{n}", title, "", target) for n, (title, _, target) in enumerate(pairs, 1)))


def picture(name: str = "foto.jpg", mime: str | None = "image/jpeg") -> Media:
    return Media(f"https://example.com/{name}", mime)


class Phone:
    """A customer's phone and the chat behind it: every call is one turn, the state carries on."""

    def __init__(self, *rules: Rule, settings: FlowSettings = WAIA, state: ChatState | None = None) -> None:
        self.book = RuleBook(rules, settings)
        self.state = state or ChatState()
        self.now = NOON
        self.is_open = True
        self.last: Decision = decide(self.book, self.state, Turn((), self.now))
        self._messages = 0

    def at(self, step: str, **fields: object) -> "Phone":
        """Puts the chat into a step as if a session were open."""
        state = ChatState(step=step, last_customer_at=self.now)
        self.state = replace(state, **fields)  # type: ignore[arg-type]
        return self

    def says(self, *texts: str) -> list[str]:
        """Several texts are one burst. Answers with the texts of the replies."""
        return self.turn(*(self.utterance(text) for text in texts))

    def taps(self, option_id: str, title: str, rule_id: int | None) -> list[str]:
        tap = self.utterance(title, UtteranceKind.TAP)
        return self.turn(replace(tap, option_id=option_id, menu_rule_id=rule_id))

    def shows(self, kind: UtteranceKind, caption: str = "") -> list[str]:
        return self.turn(self.utterance(caption, kind))

    def speaks(self, text: str, confidence: float = 1.0) -> list[str]:
        """A voice note with its transcript."""
        return self.turn(self.heard(text, confidence))

    def heard(self, text: str, confidence: float = 1.0) -> Utterance:
        return replace(self.utterance(text, UtteranceKind.AUDIO), confidence=confidence)

    def waits(self, **duration: float) -> "Phone":
        self.now += timedelta(**duration)
        return self

    def utterance(self, text: str, kind: UtteranceKind = UtteranceKind.TEXT) -> Utterance:
        self._messages += 1
        return Utterance(self._messages, kind, text, self.now)

    def turn(self, *utterances: Utterance) -> list[str]:
        turn = Turn(utterances, self.now, self.is_open, self.state.last_customer_at)
        self.last = decide(self.book, self.state, turn)
        self.state = self.last.state
        return [reply.text for reply in self.last.replies]

    @property
    def sent_rules(self) -> list[int | None]:
        return [reply.rule_id for reply in self.last.replies]


def with_menu(made: Rule, *options: str) -> Rule:
    return replace(made, kind=RuleKind.BUTTONS, menu=menu(*options))
