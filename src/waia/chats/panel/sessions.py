"""Past sessions of a chat: when each began, how it ended, and what happened in it until the next."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from waia.chats.panel import card_repository as repository
from waia.chats.panel.whatsapp_text import revealed
from waia.kit.db import Transaction

MOST_SESSIONS = 10


@dataclass(frozen=True, slots=True)
class Happened:
    """How many messages of whom, through which steps, who of us wrote, and the message where it begins."""

    first_message: int
    customer: int = 0
    bot: int = 0
    agents: int = 0
    steps: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PastSession:
    """A run through the flow; `ended_at` is None while it goes on. `happened` is read only where it is asked for."""

    id: int
    started_at: datetime
    ended_at: datetime | None
    end_reason: str
    happened: Happened | None = None


async def past_sessions(tx: Transaction, chat_id: int) -> tuple[PastSession, ...]:
    """The newest first."""
    return tuple(PastSession(*row) for row in await repository.sessions_of(tx, chat_id, MOST_SESSIONS))


async def with_what_happened(tx: Transaction, chat_id: int) -> tuple[PastSession, ...]:
    """The same, told in numbers: one walk through the messages since the first of them."""
    sessions = await past_sessions(tx, chat_id)
    begins = [(session.id, session.started_at) for session in sessions]
    told: dict[int, Happened] = {}
    for row in await repository.messages_by_session(tx, chat_id, begins):
        told[row.session] = _with(told.get(row.session) or Happened(row.first_message), row)
    return tuple(replace(session, happened=told.get(session.id)) for session in sessions)


def _with(known: Happened, row: Any) -> Happened:
    match row.author:
        case "customer":
            return replace(known, customer=known.customer + row.messages)
        case "bot":
            steps = dict.fromkeys((*known.steps, *([row.step] if row.step else [])))
            return replace(known, bot=known.bot + row.messages, steps=tuple(steps))
        case _:
            names = dict.fromkeys((*known.people, *([revealed(row.agent)] if row.agent else [])))
            return replace(known, agents=known.agents + row.messages, people=tuple(names))
