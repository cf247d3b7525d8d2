"""The working copy of a chat while one turn is decided: all that is mutable in the bot."""

from collections.abc import Mapping
from dataclasses import replace

from waia.bot.flow import Rule
from waia.bot.kinds import Estado, HandoverReason, Holder, ReplyCause, RuleKind
from waia.bot.placeholders import NO_VALUES, Values, answer_key, fill
from waia.bot.replies import replies_of
from waia.bot.rulebook import RuleBook
from waia.bot.stepview import StepView
from waia.bot.talk import ChatState, Decision, Handover, Reply, Turn
from waia.bot.trace import TraceWriter

MOST_AUTOMATIC_STEPS = 25


class Progress:
    """`step`, `menu_rule_id`, `misses` and `refusals` start from the state and end in it."""

    __slots__ = (
        "_before",
        "_captured",
        "_replies_before",
        "asked",
        "automatic",
        "book",
        "estado",
        "handover",
        "held_since",
        "holder",
        "menu_rule_id",
        "missed",
        "misses",
        "new_session",
        "refusals",
        "replies",
        "roles",
        "sent",
        "settings",
        "silence",
        "step",
        "trace",
        "turn",
        "values",
    )

    def __init__(self, book: RuleBook, state: ChatState, turn: Turn) -> None:
        self.book, self.settings, self.turn = book, book.settings, turn
        self._before = state
        self._captured: Mapping[str, str] = state.captured
        self.step = (state.step or "").strip()
        self.holder, self.held_since, self.estado = state.holder, state.held_since, state.estado
        self.misses, self.refusals = state.misses, state.refusals
        self.menu_rule_id, self.asked = state.last_menu_rule_id, state.asked
        self.replies: list[Reply] = []
        self.roles: list[str] = []
        self.sent: set[int] = set()
        self.automatic = self._replies_before = 0
        self.handover: Handover | None = None
        self.new_session = self.missed = False
        self.silence = ""
        self.values: Values = NO_VALUES
        self.trace = TraceWriter()

    @property
    def captured(self) -> Mapping[str, str]:
        return self._captured

    @property
    def bot_speaks(self) -> bool:
        """With `bot_resume_hours` 0 the bot never pauses, whoever holds the chat."""
        return self.holder is Holder.BOT or self.settings.bot_resume_hours <= 0

    def view(self, step: str | None = None) -> StepView | None:
        return self.book.step(self.step if step is None else step, self.turn.is_open)

    def take_automatic_step(self) -> bool:
        """False once the chat has gone on by itself often enough in this turn."""
        self.automatic += 1
        if self.automatic > MOST_AUTOMATIC_STEPS:
            self.trace.stage("steps", "step_cap", str(MOST_AUTOMATIC_STEPS))
            return False
        return True

    def send_rule(self, rule: Rule, text: str | None = None) -> None:
        """Adds the rule's messages; `text` replaces its own."""
        self.sent.add(rule.id)
        self.trace.chosen.append(rule.id)
        sending = replies_of(rule, self._filled(rule.text if text is None else text), self.settings)
        self.replies.extend(sending)
        for reply in sending:
            if reply.numbered:
                self.trace.stage("channel", "menu_as_text", reply.numbered)
        if sending and rule.menu is not None and (sending[0].menu or sending[0].numbered):
            self.menu_rule_id = rule.id
        if rule.role_keyword and rule.role_keyword not in self.roles:
            self.roles.append(rule.role_keyword)

    def send_text(self, text: str, cause: ReplyCause) -> None:
        """A notice of the flow itself; an empty one is not sent."""
        if text.strip():
            self.replies.append(Reply(None, self.step or None, RuleKind.TEXT, self._filled(text), cause=cause))

    def keep_answer(self, name: str, answer: str) -> None:
        others = {key: kept for key, kept in self._captured.items() if answer_key(key) != answer_key(name)}
        self._captured = {**others, name: answer}

    def hand_over(self, reason: HandoverReason, rule: Rule | None = None) -> None:
        """Into the queue of the rule's role, else of the flow's; a chat that is held stays where it is."""
        self.trace.stage("handover", reason.value if self.holder is Holder.BOT else "already_held")
        if self.holder is not Holder.BOT:
            return
        role = (rule.role_keyword if rule else None) or self.settings.handover_role
        self.handover = Handover(reason, role, rule.id if rule else None)
        self.holder, self.held_since = Holder.QUEUE, self.turn.now

    def clear_session(self) -> None:
        """No step, no menu, nothing pending. Answers, roles and holder stay."""
        self.step, self.menu_rule_id, self.asked = "", None, None
        self.misses = self.refusals = 0

    def open_session(self) -> None:
        self.clear_session()
        self.new_session = True

    def bring_bot_back(self) -> None:
        self.open_session()
        self.holder, self.held_since, self.handover = Holder.BOT, None, None

    def matched(self) -> None:
        self.misses = self.refusals = 0

    def decision(self) -> Decision:
        last = self.turn.utterances[-1].at if self.turn.utterances else self._before.last_customer_at
        after = replace(
            self._before,
            step=self.step or None,
            holder=self.holder,
            held_since=self.held_since,
            last_customer_at=last,
            misses=self.misses,
            refusals=self.refusals,
            captured=self._captured,
            last_menu_rule_id=self.menu_rule_id,
            estado=self.estado,
            asked=self.asked,
        )
        silent = None if self.replies else self.silence or "rule_without_reply"
        trace = self.trace.close(self._before, after)
        return Decision(tuple(self.replies), after, tuple(self.roles), self.handover, self.new_session, silent, trace)

    def begin_part(self) -> None:
        """A turn with taps is decided part by part; a rule is sent once in each."""
        self.sent.clear()
        self.missed = False
        self.silence = ""
        self._replies_before = len(self.replies)

    def end_part(self) -> None:
        """The colour of the chat after this part."""
        if self.missed:
            self.estado = Estado.SIN_REGLA
        elif len(self.replies) > self._replies_before and self.bot_speaks:
            self.estado = Estado.ESPERA_USUARIO
        else:
            self.estado = Estado.SIN_RESPUESTA

    def _filled(self, text: str) -> str:
        return fill(text, self._captured, self.values, self.book.answer_names, self.settings.locale)
