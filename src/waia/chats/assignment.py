"""Gives chats that the bot hands over to somebody who is there; where nobody is, they wait in the queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from waia.bot.models import Holder
from waia.chats.management import ASSIGNED
from waia.chats.record import ChatRecord
from waia.chats.staff import Colleague
from waia.chats.staff_repository import load_staff, roles_of_chats
from waia.kit.db import Transaction


@dataclass(frozen=True, slots=True)
class Assigning:
    """What the owner decided: whether chats are assigned at all, and who sees those without a role."""

    is_on: bool
    without_role: str
    resume_hours: float


async def assign(
    tx: Transaction, handed_over: Sequence[ChatRecord], wishes: Assigning, now: datetime, real_now: datetime
) -> None:
    """In the transaction of the hand-over. The last owner first, else whoever holds the fewest chats."""
    waiting = [chat for chat in handed_over if chat.holder == Holder.QUEUE]
    if not (wishes.is_on and waiting):
        return
    there = [person for person in await load_staff(tx, real_now) if person.is_there]
    if not there:
        return
    roles = await roles_of_chats(tx, [chat.id for chat in waiting])
    held = {person.id: person.open_chats for person in there}
    for chat in waiting:
        fit = [person for person in there if person.fits(roles[chat.id], chat.queue_role_id, wishes.without_role)]
        chosen = _choose(fit, chat.last_owner_id, held)
        if chosen is not None:
            held[chosen.id] += 1
            chat.goes_to(chosen.id, now, wishes.resume_hours)
            tx.announce(ASSIGNED, chat.id, str(chosen.id))


def _choose(fit: Sequence[Colleague], last_owner: int | None, held: dict[int, int]) -> Colleague | None:
    known = next((person for person in fit if person.id == last_owner), None)
    return known or min(fit, key=lambda person: (held[person.id], person.id), default=None)
