"""Decides due turns: loads what the bot must know, asks it, and writes reply, state and reason in one transaction."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from time import perf_counter
from typing import Any

from waia.bot.engine import decide
from waia.bot.models import (
    ChatState,
    Decision,
    Estado,
    Holder,
    Reply,
    RuleBook,
    Turn,
    Utterance,
)
from waia.chats import repository
from waia.chats.assignment import Assigning, assign
from waia.chats.contact_repository import ContactRecord, contact_records
from waia.chats.handover import record_silence, silence_for_people
from waia.chats.hearing import without_old_notes
from waia.chats.listening import VOICE_KINDS, go_on, is_late, ready
from waia.chats.management import FACTS_CHANGED
from waia.chats.metrics import DECIDING, TURNS
from waia.chats.outgoing import Outgoing, enqueue
from waia.chats.record import WAITING, ChatRecord
from waia.chats.utterances import utterance_of
from waia.chats.voice_notices import VoiceTexts, notices_of
from waia.kit.clock import has_come
from waia.kit.db import Transaction
from waia.kit.failpoints import reach
from waia.transcription.repository import transcripts_of
from waia.transcription.values import Transcript
from waia.whatsapp.content import Content, Text

LONGEST_QUIET = timedelta(minutes=2)
AWAY_TOLD = "away_told"
NO_RULE = ("fallback", "no_match")


@dataclass(frozen=True, slots=True)
class Brain:
    """What the owner configured for deciding: the compiled flow, the hours, and how a reply becomes a message.

    A voice note that was heard when it was older than `bot_max_age` is left to people.
    """

    book: RuleBook
    is_open: Callable[[datetime], bool]
    contents_of: Callable[[Reply], Sequence[Content]]
    resume_hours: float
    session_timeout_s: float
    assigning: Assigning
    away_text: str = ""
    voice: VoiceTexts = field(default_factory=VoiceTexts)
    bot_max_age: timedelta = timedelta(hours=2)


@dataclass(slots=True)
class _Decided:
    chat: ChatRecord
    messages: Sequence[Any]
    decision: Decision
    duration_us: int
    is_late: bool
    away_told: bool = False

    @property
    def turn_key(self) -> str:
        """Notes that were heard too late have turns beside the line: later messages may have been answered before."""
        name = "late" if self.is_late else "turn"
        return f"{name}:{self.chat.id}:{max(row.id for row in self.messages)}"

    @property
    def found_no_rule(self) -> bool:
        return any(stage[:2] == NO_RULE for stage in self.decision.trace.stages)


async def take_turns(
    tx: Transaction, chats: Sequence[ChatRecord], brain: Brain, now: datetime, real_now: datetime
) -> dict[int, datetime | None]:
    """Decide every chat whose quiet window is over; when each chat wants to be looked at again (None: never)."""
    due = [chat for chat in chats if chat.pending and _is_due(chat, real_now)]
    found = await repository.messages_to_decide(tx, [message_id for chat in due for message_id in ready(chat)])
    messages = await without_old_notes(tx, found, now - brain.bot_max_age)
    for chat in due:
        if chat.id not in messages:  # nothing but notes that are still being heard, or came too late
            go_on(chat, ready(chat))
    turns = await _Turns.load(tx, [chat for chat in due if chat.id in messages], messages, brain, now, real_now)
    await turns.decide_all()
    await repository.save_chats(tx, chats, now)
    return {chat.id: chat.bot_due_at for chat in chats}


def _is_due(chat: ChatRecord, real_now: datetime) -> bool:
    return chat.bot_due_at is not None and has_come(chat.bot_due_at, real_now, LONGEST_QUIET)


class _Turns:
    """The due turns of one transaction; decisions first, then a fixed number of statements."""

    def __init__(self, tx: Transaction, brain: Brain, now: datetime, real_now: datetime) -> None:
        self._tx, self._brain, self._now, self._real_now = tx, brain, now, real_now
        self._chats: list[ChatRecord] = []
        self._messages: dict[int, list[Any]] = {}
        self._captured: dict[int, dict[str, str]] = {}
        self._contacts: dict[int, ContactRecord] = {}
        self._quoted_rules: dict[str, int | None] = {}
        self._transcripts: dict[int, Transcript] = {}
        self._roles: dict[str, int] = {}
        self._new_captured: list[dict[str, Any]] = []
        self._new_roles: list[dict[str, Any]] = []
        self._new_sessions: dict[int, str] = {}
        self._handed_over: list[ChatRecord] = []

    @classmethod
    async def load(
        cls,
        tx: Transaction,
        chats: list[ChatRecord],
        messages: dict[int, list[Any]],
        brain: Brain,
        now: datetime,
        real_now: datetime,
    ) -> "_Turns":
        turns = cls(tx, brain, now, real_now)
        turns._chats, turns._messages = chats, messages
        if chats:
            turns._captured = await repository.captured_by(tx, [chat.id for chat in chats])
            turns._contacts = await contact_records(tx, [chat.contact_id for chat in chats])
            quoted = {row.quoted_wamid for rows in messages.values() for row in rows if row.quoted_wamid}
            turns._quoted_rules = await repository.rules_of_messages(tx, sorted(quoted))
            notes = [row.id for rows in messages.values() for row in rows if row.kind in VOICE_KINDS]
            turns._transcripts = await transcripts_of(tx, notes)
        return turns

    async def decide_all(self) -> None:
        decided = [self._decide(chat) for chat in self._chats]
        await self._load_roles(decided)
        outgoing: list[Outgoing] = []
        for each in decided:
            outgoing += self._replies(each)
            await self._apply(each)
        reach("decide.before_write")
        await repository.save_captured(self._tx, self._new_captured)
        await repository.add_chat_roles(self._tx, self._new_roles)
        if self._handed_over:
            await assign(self._tx, self._handed_over, self._brain.assigning, self._now, self._real_now)
        await repository.start_sessions(self._tx, self._new_sessions, self._now)
        await enqueue(self._tx, outgoing, self._now, self._real_now)
        await self._keep_reasons(decided)
        self._tx.count(partial(_count, decided))
        if decided:
            reach("decide.after_write")

    def _decide(self, chat: ChatRecord) -> _Decided:
        rows = self._messages[chat.id]
        started = perf_counter()
        decision = decide(self._brain.book, self._state(chat), self._turn(chat, rows))
        return _Decided(chat, rows, decision, round((perf_counter() - started) * 1_000_000), is_late(chat))

    def _state(self, chat: ChatRecord) -> ChatState:
        memory = chat.bot_memory
        held_since = memory.get("held_since")
        return ChatState(
            step=chat.step if chat.session_open else None,
            holder=Holder(chat.holder),
            held_since=datetime.fromisoformat(held_since) if held_since else None,
            last_customer_at=chat.last_customer_at,
            misses=int(memory.get("misses", 0)),
            refusals=int(memory.get("refusals", 0)),
            captured=self._captured[chat.id],
            last_menu_rule_id=memory.get("last_menu_rule_id"),
            estado=Estado(chat.estado) if chat.estado in set(Estado) else None,
            asked=memory.get("asked"),
        )

    def _turn(self, chat: ChatRecord, rows: Sequence[Any]) -> Turn:
        previous = chat.bot_memory.get("previous_at")
        return Turn(
            utterances=tuple(self._utterance(row) for row in rows),
            now=self._now,
            is_open=self._brain.is_open(self._now),
            previous_customer_at=datetime.fromisoformat(previous) if previous else None,
        )

    def _utterance(self, row: Any) -> Utterance:
        menu_rule = self._quoted_rules.get(row.quoted_wamid) if row.quoted_wamid else None
        return utterance_of(row, menu_rule, self._transcripts.get(row.id))

    async def _load_roles(self, decided: Sequence[_Decided]) -> None:
        wanted = {keyword for each in decided for keyword in each.decision.roles_added}
        wanted |= {each.decision.handover.role_keyword or "" for each in decided if each.decision.handover}
        self._roles = await repository.role_ids(self._tx, wanted)

    def _replies(self, each: _Decided) -> list[Outgoing]:
        return (
            self._voice_notices(each)
            + [
                Outgoing(
                    chat=each.chat,
                    contact=self._contacts[each.chat.contact_id],
                    content=content,
                    author="bot",
                    idem_key=f"{each.turn_key}:{number}",
                    step=reply.step,
                    rule_id=reply.rule_id,
                )
                for number, (reply, content) in enumerate(self._contents(each.decision))
            ]
            + self._away_notice(each)
        )

    def _voice_notices(self, each: _Decided) -> list[Outgoing]:
        """Whoever sent a note that could not become text is told so, where the bot has the chat and may write."""
        if each.chat.holder != Holder.BOT or each.decision.handover or not each.chat.window_is_open(self._now):
            return []
        contact = self._contacts[each.chat.contact_id]
        heard = [self._transcripts[row.id] for row in each.messages if row.id in self._transcripts]
        return [
            Outgoing(each.chat, contact, Text(text), "bot", idem_key=f"voice:{message_id}")
            for text, message_id in notices_of(heard, each.decision.trace, self._brain.voice).items()
        ]

    def _away_notice(self, each: _Decided) -> list[Outgoing]:
        """Whoever is handed over while nobody works is told so, once in a session."""
        decision, text = each.decision, self._brain.away_text
        told_before = AWAY_TOLD in each.chat.bot_memory and not decision.new_session
        if decision.handover is None or not text or told_before or self._brain.is_open(self._now):
            return []
        each.away_told = True
        contact = self._contacts[each.chat.contact_id]
        return [Outgoing(each.chat, contact, Text(text), "bot", idem_key=f"{each.turn_key}:away")]

    def _contents(self, decision: Decision) -> Iterator[tuple[Reply, Content]]:
        for reply in decision.replies:
            for content in self._brain.contents_of(reply):
                yield reply, content

    async def _apply(self, each: _Decided) -> None:
        chat, decision = each.chat, each.decision
        before = self._captured[chat.id]
        self._new_captured += [
            {"chat_id": chat.id, "name": name, "value": value, "at": self._now}
            for name, value in decision.state.captured.items()
            if before.get(name) != value
        ]
        self._new_roles += [
            {"chat_id": chat.id, "role_id": self._roles[keyword.lower()], "numero": chat.numero}
            for keyword in decision.roles_added
            if keyword.lower() in self._roles
        ]
        if decision.roles_added or decision.handover or decision.state.captured != before:
            self._tx.announce(FACTS_CHANGED, chat.id)
        if decision.new_session:
            self._new_sessions[chat.id] = "expired" if chat.session_open else "new"
        self._remember(chat, decision, away_told=each.away_told)
        await self._hold(chat, decision)

    def _remember(self, chat: ChatRecord, decision: Decision, *, away_told: bool) -> None:
        away_told = away_told or (AWAY_TOLD in chat.bot_memory and not decision.new_session)
        state, was_held = decision.state, chat.holder != Holder.BOT
        chat.step, chat.session_open = state.step, state.step is not None
        chat.bot_failures = 0
        memory: dict[str, Any] = {
            "misses": state.misses,
            "refusals": state.refusals,
            "last_menu_rule_id": state.last_menu_rule_id,
            "held_since": state.held_since.isoformat() if state.held_since else None,
            "asked": state.asked,
            AWAY_TOLD: away_told,
            **{name: chat.bot_memory.get(name) for name in WAITING},
        }
        chat.bot_memory = {name: value for name, value in memory.items() if value}
        go_on(chat, ready(chat))
        if state.estado is not None and not (was_held and not decision.replies):
            chat.estado = state.estado
        answered = bool(decision.replies) and decision.handover is None
        if answered and state.holder is Holder.BOT and not chat.needs_person:
            chat.unanswered_since = None
        chat.dirty = True

    async def _hold(self, chat: ChatRecord, decision: Decision) -> None:
        if decision.handover is not None:
            role_id = self._roles.get((decision.handover.role_keyword or "").lower())
            await record_silence(self._tx, [chat])
            chat.enter_queue(role_id, str(decision.handover.reason), self._now, self._brain.resume_hours)
            self._handed_over.append(chat)
        elif decision.state.holder is Holder.BOT and chat.holder != Holder.BOT:
            chat.holder, chat.resume_at, chat.queue_role_id, chat.owner_id = Holder.BOT, None, None, None
        elif chat.holder != Holder.BOT and decision.state.holder is not Holder.BOT:
            await silence_for_people(self._tx, chat)

    async def _keep_reasons(self, decided: Sequence[_Decided]) -> None:
        rows = [
            {
                "turn_key": each.turn_key,
                "chat_id": each.chat.id,
                "at": self._now,
                "duration_us": each.duration_us,
                "silent_reason": (each.decision.silent_reason or "")[:40],
                "trace": each.decision.trace.to_dict(),
            }
            for each in decided
        ]
        links = {each.turn_key: [row.id for row in each.messages] for each in decided}
        unmatched = [each.turn_key for each in decided if each.found_no_rule]
        await repository.save_decisions(self._tx, rows, links, unmatched)


def _count(decided: Sequence[_Decided]) -> None:
    for each in decided:
        DECIDING.observe(each.duration_us / 1_000_000)
        TURNS.add("handed_over" if each.decision.handover else "replied" if each.decision.replies else "silent")
