"""Decides every old text of customers again, from the step where it was said, and compares with what was answered."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from waia.bot.engine import decide
from waia.bot.models import (
    ChatState,
    Decision,
    FlowProfile,
    FlowSettings,
    Option,
    ReplyCause,
    Rule,
    RuleBook,
    Turn,
    Utterance,
    UtteranceKind,
)
from waia.bot.normalise import normalise
from waia.moving.causes import FALLBACK, OTHER_TEXT, REFUSED, SILENT, Cause, Difference, Outcome, cause_of
from waia.moving.flow_values import contents_of
from waia.moving.moments import moment
from waia.moving.original import OldMessage, OldRule, OldRuleMedia
from waia.moving.original_choice import RESTARTED, OriginalBook
from waia.moving.original_repository import Original
from waia.moving.past_turns import PastTurn, PastTurns
from waia.moving.tally import Tally
from waia.rules.content import rule_of
from waia.settings import Settings

AT_ONCE = 2_000
MOST_EXAMPLES = 5
OLD_FALLBACK = "No entendí tu respuesta, intenta de nuevo."
OLD_RESTART = "Perfecto, volvamos a empezar."


@dataclass(frozen=True, slots=True)
class Example:
    """An old text, and what was and would be answered."""

    message_id: int
    step: str
    text: str
    before: Outcome
    now: Outcome


@dataclass
class Compared:
    """Of one profile: how many turns are answered alike, and why the others are not."""

    same: int = 0
    causes: Counter[Cause] = field(default_factory=Counter)
    examples: defaultdict[Cause, list[Example]] = field(default_factory=lambda: defaultdict(list))

    def differs(self, cause: Cause, example: Example) -> None:
        self.causes[cause] += 1
        if len(self.examples[cause]) < MOST_EXAMPLES:
            self.examples[cause].append(example)


@dataclass
class Comparison:
    """`begun_anew`: turns so long after the one before that a session is over here; `held`: an agent had the chat."""

    turns: int = 0
    begun_anew: int = 0
    held: int = 0
    profiles: dict[FlowProfile, Compared] = field(default_factory=dict)


async def compare(original: Original, settings: Settings) -> Comparison:
    rules, medias = await original.all(OldRule), await original.all(OldRuleMedia)
    comparer = _Comparer(rules, medias, settings)
    after = 0
    while rows := await original.messages(after, AT_ONCE):
        await asyncio.to_thread(comparer.feed, rows)
        after = rows[-1].id
    comparer.finish()
    return comparer.found


class _Comparer:
    def __init__(self, rules: Sequence[OldRule], medias: Sequence[OldRuleMedia], settings: Settings) -> None:
        self._original = OriginalBook(rules, settings.initial_step)
        contents = contents_of(rules, medias, lambda _: None, Tally())
        self._rules: dict[int, Rule] = {rule_id: rule_of(rule_id, one) for rule_id, one in contents.items()}
        self._books = {profile: RuleBook(self._rules.values(), _settings(profile, settings)) for profile in FlowProfile}
        self._turns = PastTurns({rule_id: rule.menu for rule_id, rule in self._rules.items() if rule.menu})
        self._session = timedelta(seconds=settings.session_timeout_s)
        self._held = timedelta(hours=settings.bot_resume_hours)
        self._zone, self._at = settings.timezone, datetime.min.replace(tzinfo=settings.timezone)
        self.found = Comparison(profiles={profile: Compared() for profile in FlowProfile})

    def feed(self, rows: Sequence[OldMessage]) -> None:
        for row in rows:
            self._at = moment(row.timestamp, self._zone) or self._at
            for turn in self._turns.feed(row, self._at):
                self._compare(turn)

    def finish(self) -> None:
        for turn in self._turns.rest():
            self._compare(turn)

    def _compare(self, turn: PastTurn) -> None:
        found = self.found
        found.turns += 1
        found.begun_anew += bool(turn.step and self._session and (turn.silent_for or timedelta()) > self._session)
        found.held += bool(turn.agent_ago is not None and turn.agent_ago < self._held)
        for profile, book in self._books.items():
            self._one(turn, book, found.profiles[profile])

    def _one(self, turn: PastTurn, book: RuleBook, compared: Compared) -> None:
        decision = decide(book, _state(turn), self._asked(turn))
        before, now = _before(turn), _now(decision)
        if before == now:
            compared.same += 1
            return
        stage, said = _found_by(decision)
        told = Difference(
            before=before,
            now=now,
            first=self._original.first_releases(turn.step, turn.text),
            last=self._original.last_releases(turn.step, turn.text),
            stage=stage,
            is_burst=len(turn.texts) > 1,
            by_one=len(turn.texts) > 1 and stage in {"exact", "option"} and said != normalise(turn.text),
            rule_exists=before in self._rules,
        )
        compared.differs(cause_of(told), Example(turn.first_id, turn.step, turn.text, before, now))

    def _asked(self, turn: PastTurn) -> Turn:
        """A text that is exactly an option of the last menu was a tap: the original kept only its title."""
        utterances = []
        for place, text in enumerate(turn.texts):
            option = self._option(turn.menu_rule_id, text)
            kind = UtteranceKind.TAP if option else UtteranceKind.TEXT
            menu = turn.menu_rule_id if option else None
            utterances.append(
                Utterance(turn.first_id + place, kind, text, turn.at, option.id if option else None, menu)
            )
        return Turn(tuple(utterances), turn.at)

    def _option(self, rule_id: int | None, text: str) -> Option | None:
        rule = self._rules.get(rule_id or 0)
        options = rule.menu.options if rule is not None and rule.menu else ()
        return next((option for option in options if option.title == text), None)


def _settings(profile: FlowProfile, settings: Settings) -> FlowSettings:
    return FlowSettings.for_profile(
        profile,
        initial_step=settings.initial_step,
        fallback_text=settings.fallback_text or OLD_FALLBACK,
        session_timeout_s=0,
        bot_resume_hours=0,
        locale=settings.lang,
    )


def _state(turn: PastTurn) -> ChatState:
    return ChatState(step=turn.step or None, last_menu_rule_id=turn.menu_rule_id)


def _before(turn: PastTurn) -> Outcome:
    if not turn.answers:
        return SILENT
    rule_id, text = turn.answers[0]
    if rule_id is not None:
        return rule_id
    return {OLD_RESTART: RESTARTED, OLD_FALLBACK: FALLBACK}.get(text.strip(), OTHER_TEXT)


def _now(decision: Decision) -> Outcome:
    if not decision.replies:
        return SILENT
    first = decision.replies[0]
    if first.rule_id is not None and first.cause is ReplyCause.RULE:
        return first.rule_id
    return {ReplyCause.RESTART: RESTARTED, ReplyCause.FALLBACK: FALLBACK, ReplyCause.RETRY: REFUSED}.get(
        first.cause, OTHER_TEXT
    )


def _found_by(decision: Decision) -> tuple[str, str]:
    """How the rule was found, and by which text: the last words of the trace on rules."""
    told = reversed(decision.trace.stages)
    return next(((outcome, said) for stage, outcome, said in told if stage in {"rules", "tap"}), ("", ""))
