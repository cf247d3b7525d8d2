"""How a session opens and ends, and how a chat changes hands."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from waia.bot.flow import FlowSettings, Rule
from waia.bot.kinds import Estado, Holder
from waia.bot.progress import Progress
from waia.bot.steps import fire, rest
from waia.bot.talk import ChatState


def greet(progress: Progress) -> Rule | None:
    """Puts the chat into the initial step and sends the greeting with all that follows from it."""
    initial = progress.book.spelling(progress.settings.initial_step)
    progress.step = initial
    rule = progress.book.greeting(progress.turn.is_open)
    if rule is None:
        progress.trace.stage("greeting", "none", initial)
        return None
    progress.trace.stage("greeting", "sent", str(rule.id))
    fire(progress, rule)
    rest(progress, initial)
    return rule


def is_idle(settings: FlowSettings, previous: datetime | None, now: datetime) -> bool:
    """Whether the customer's previous message is longer ago than a session lasts."""
    if settings.session_timeout_s <= 0 or previous is None:
        return False
    return _utc(now) - _utc(previous) > timedelta(seconds=settings.session_timeout_s)


def bot_is_due(settings: FlowSettings, state: ChatState, now: datetime) -> bool:
    """Whether a chat that a person or the queue holds has waited so long that the bot takes it back."""
    if state.holder is Holder.BOT or settings.bot_resume_hours <= 0 or state.held_since is None:
        return False
    return _utc(now) - _utc(state.held_since) >= timedelta(hours=settings.bot_resume_hours)


def close_session(state: ChatState) -> ChatState:
    """An idle session ends: step and pending question go; holder, colour and answers stay."""
    return replace(state, step=None, last_menu_rule_id=None, misses=0, refusals=0, asked=None)


def bot_returns(state: ChatState) -> ChatState:
    """By button, by time or on close: the bot speaks again and the next message opens a session."""
    return replace(close_session(state), holder=Holder.BOT, held_since=None)


def close_chat(state: ChatState) -> ChatState:
    return replace(bot_returns(state), estado=Estado.CERRADO)


def person_takes(state: ChatState, at: datetime) -> ChatState:
    """A person wrote, from the panel or from the phone; called again for each of their messages."""
    return replace(state, holder=Holder.PERSON, held_since=at, misses=0, refusals=0, estado=Estado.ASESOR)


def into_queue(state: ChatState, at: datetime) -> ChatState:
    """A person gives the chat back to the queue."""
    return replace(state, holder=Holder.QUEUE, held_since=at)


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
