"""What people do with chats besides writing: take them, pass them on, close, archive, mark as read. Each for many
chats at once; the answer says which were refused, and why."""

from collections.abc import Collection, Sequence
from datetime import datetime

from waia.accounts.guards import SignedIn
from waia.accounts.repository import shown_names
from waia.bot.models import Estado, Holder
from waia.chats.errors import HeldByAnother, NotTheirChat
from waia.chats.handover import silence_for_people
from waia.chats.receipts import READ, ask_for
from waia.chats.record import ChatRecord
from waia.chats.repository import end_sessions, save_chats
from waia.chats.staff import Colleague
from waia.chats.staff_repository import load_staff, roles_of_chats
from waia.kit.db import Transaction
from waia.kit.errors import WaiaError

Refused = dict[int, WaiaError]
ASSIGNED, FACTS_CHANGED = "assigned", "facts_changed"


async def take(
    tx: Transaction,
    chats: Sequence[ChatRecord],
    user: SignedIn,
    now: datetime,
    resume_hours: float,
    *,
    from_owner: int | None = None,
) -> Refused:
    """This agent holds the chats; the bot is silent and what it had queued is not sent. Unread stays as it is.

    `from_owner`: whom the page showed as the owner. A chat that somebody else took meanwhile stays with them.
    """
    lost = {chat.id: chat for chat in chats if _is_held_by_another(chat, {user.id, from_owner})}
    mine = [chat for chat in chats if chat.id not in lost]
    await silence_for_people(tx, *mine)
    for chat in mine:
        chat.goes_to(user.id, now, resume_hours)
    await _save(tx, mine, now)
    names = await shown_names(tx, {chat.owner_id for chat in lost.values() if chat.owner_id})
    return {chat.id: HeldByAnother(names.get(chat.owner_id or 0, "")) for chat in lost.values()}


async def hand_to(
    tx: Transaction,
    chats: Sequence[ChatRecord],
    colleague: Colleague,
    now: datetime,
    resume_hours: float,
    without_role: str,
) -> Refused:
    """A colleague holds the chats from now on, and is told. Refused where their roles do not reach the chat."""
    roles = await roles_of_chats(tx, [chat.id for chat in chats])
    fit = [chat for chat in chats if colleague.may_hold(roles[chat.id], chat.queue_role_id, without_role)]
    await silence_for_people(tx, *fit)
    for chat in fit:
        chat.goes_to(colleague.id, now, resume_hours)
        tx.announce(ASSIGNED, chat.id, str(colleague.id))
    await _save(tx, fit, now)
    held = {chat.id for chat in fit}
    return {chat.id: NotTheirChat(colleague.name) for chat in chats if chat.id not in held}


async def give_back(tx: Transaction, chats: Sequence[ChatRecord], now: datetime) -> Refused:
    """To the bot; its next message opens a new session. Who waits for an answer goes on waiting."""
    for chat in chats:
        chat.back_to_bot()
    await end_sessions(tx, [chat.id for chat in chats], now, "given_back")
    await _save(tx, chats, now)
    return {}


async def to_queue(
    tx: Transaction, chats: Sequence[ChatRecord], now: datetime, resume_hours: float, role_id: int | None = None
) -> Refused:
    """Back to the others of the role; nobody owns them."""
    await silence_for_people(tx, *chats)
    for chat in chats:
        chat.enter_queue(role_id if role_id is not None else chat.queue_role_id, "returned", now, resume_hours)
        chat.owner_id = None
    await _save(tx, chats, now)
    return {}


async def close(tx: Transaction, chats: Sequence[ChatRecord], now: datetime) -> Refused:
    """Done: the bot has them again, nobody waits, and the next message opens a new session."""
    for chat in chats:
        chat.back_to_bot()
        chat.silence_bot()
        chat.estado, chat.unread, chat.unanswered_since, chat.needs_person = Estado.CERRADO, 0, None, ""
    await end_sessions(tx, [chat.id for chat in chats], now, "closed")
    await _save(tx, chats, now)
    return {}


async def reopen(tx: Transaction, chats: Sequence[ChatRecord], now: datetime) -> Refused:
    for chat in chats:
        if chat.estado == Estado.CERRADO:
            chat.estado, chat.dirty = Estado.ESPERA_USUARIO, True
    await save_chats(tx, chats, now)
    return {}


async def archive(
    tx: Transaction, chats: Sequence[ChatRecord], now: datetime, real_now: datetime, without_role: str
) -> Refused:
    """Out of the lists of every day. Whose they were they stay, so that they come back to somebody who knows them."""
    staff = {person.id: person for person in await load_staff(tx, real_now)} if chats else {}
    roles = await roles_of_chats(tx, [chat.id for chat in chats])
    for chat in chats:
        last = staff.get(chat.last_owner_id or 0)
        if chat.owner_id is None and last and last.may_hold(roles[chat.id], chat.queue_role_id, without_role):
            chat.owner_id = last.id
        chat.archived_at, chat.dirty = now, True
    await save_chats(tx, chats, now)
    return {}


async def unarchive(tx: Transaction, chats: Sequence[ChatRecord], now: datetime) -> Refused:
    """Back into the lists; somebody wants to see them, so they are not archived again at once."""
    for chat in chats:
        chat.archived_at, chat.last_activity, chat.dirty = None, now, True
    await save_chats(tx, chats, now)
    return {}


async def mark_read(tx: Transaction, chats: Sequence[ChatRecord], real_now: datetime, *, receipts: bool) -> Refused:
    """Nothing is unread any more; with `receipts` (setting READ_RECEIPTS) the customers see blue ticks."""
    unread = [chat for chat in chats if chat.unread]
    for chat in unread:
        chat.unread, chat.dirty = 0, True
    await save_chats(tx, unread)
    if receipts and unread:
        await ask_for(tx, READ, [chat.id for chat in unread], real_now)
    return {}


async def mark_unread(tx: Transaction, chats: Sequence[ChatRecord]) -> Refused:
    for chat in chats:
        chat.unread, chat.dirty = max(chat.unread, 1), True
    await save_chats(tx, chats)
    return {}


async def needs_no_answer(tx: Transaction, chats: Sequence[ChatRecord]) -> Refused:
    """The customers do not wait for anything ("gracias")."""
    for chat in chats:
        chat.unread, chat.unanswered_since, chat.needs_person = 0, None, ""
        if chat.estado in {Estado.SIN_RESPUESTA, Estado.SIN_REGLA}:
            chat.estado = Estado.ASESOR if chat.holder == Holder.PERSON else Estado.ESPERA_USUARIO
        chat.dirty = True
    await save_chats(tx, chats)
    return {}


async def _save(tx: Transaction, chats: Sequence[ChatRecord], now: datetime) -> None:
    """Also tells the open contact cards, which show whose the chats are."""
    await save_chats(tx, chats, now)
    for chat in chats:
        tx.announce(FACTS_CHANGED, chat.id)


def _is_held_by_another(chat: ChatRecord, known: Collection[int | None]) -> bool:
    return chat.holder == Holder.PERSON and chat.owner_id is not None and chat.owner_id not in known
