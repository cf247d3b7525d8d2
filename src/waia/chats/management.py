"""What people do with a chat besides writing: take it, give it back, close it, mark it as read."""

from datetime import datetime

from waia.accounts.guards import SignedIn
from waia.bot.models import Estado, Holder
from waia.chats.handover import silence_for_people
from waia.chats.receipts import READ, ask_for
from waia.chats.record import ChatRecord
from waia.chats.repository import end_sessions, save_chats
from waia.kit.db import Transaction


async def take(tx: Transaction, chat: ChatRecord, user: SignedIn, now: datetime, resume_hours: float) -> None:
    """This agent holds the chat; the bot is silent and what it had queued is not sent. Unread stays as it is."""
    waiting, unread, estado, reason = chat.unanswered_since, chat.unread, chat.estado, chat.needs_person
    await silence_for_people(tx, chat)
    chat.person_answers(user.id, now, resume_hours)
    chat.unanswered_since, chat.unread, chat.estado, chat.needs_person = waiting, unread, estado, reason
    await save_chats(tx, [chat])


async def give_back(tx: Transaction, chat: ChatRecord, user: SignedIn, now: datetime) -> None:
    """To the bot; its next message opens a new session. Who waits for an answer goes on waiting."""
    chat.back_to_bot()
    await end_sessions(tx, [chat.id], now, "given_back")
    await save_chats(tx, [chat])


async def to_queue(
    tx: Transaction,
    chat: ChatRecord,
    user: SignedIn,
    now: datetime,
    resume_hours: float,
    role_id: int | None = None,
) -> None:
    """Back to the others of the role; nobody owns it."""
    await silence_for_people(tx, chat)
    chat.enter_queue(role_id if role_id is not None else chat.queue_role_id, "returned", now, resume_hours)
    chat.owner_id = None
    await save_chats(tx, [chat])


async def close(tx: Transaction, chat: ChatRecord, user: SignedIn, now: datetime) -> None:
    """Done: the bot has it again, nobody waits, and the next message opens a new session."""
    chat.back_to_bot()
    chat.silence_bot()
    chat.estado, chat.unread, chat.unanswered_since, chat.needs_person = Estado.CERRADO, 0, None, ""
    await end_sessions(tx, [chat.id], now, "closed")
    await save_chats(tx, [chat])


async def reopen(tx: Transaction, chat: ChatRecord, user: SignedIn, now: datetime) -> None:
    if chat.estado == Estado.CERRADO:
        chat.estado, chat.dirty = Estado.ESPERA_USUARIO, True
        await save_chats(tx, [chat])


async def mark_read(tx: Transaction, chat: ChatRecord, user: SignedIn, real_now: datetime, *, receipts: bool) -> None:
    """Nothing is unread any more; with `receipts` (setting READ_RECEIPTS) the customer sees blue ticks."""
    if chat.unread:
        chat.unread, chat.dirty = 0, True
        await save_chats(tx, [chat])
        if receipts:
            await ask_for(tx, READ, [chat.id], real_now)


async def needs_no_answer(tx: Transaction, chat: ChatRecord, user: SignedIn, now: datetime) -> None:
    """The customer does not wait for anything ("gracias")."""
    chat.unread, chat.unanswered_since, chat.needs_person = 0, None, ""
    if chat.estado in {Estado.SIN_RESPUESTA, Estado.SIN_REGLA}:
        chat.estado = Estado.ASESOR if chat.holder == Holder.PERSON else Estado.ESPERA_USUARIO
    chat.dirty = True
    await save_chats(tx, [chat])
