"""An agent opens a chat with a number: the one that is there, under whatever spelling, or a new one."""

from datetime import datetime

from waia.accounts.signed_in import SignedIn
from waia.chats.access import may_see
from waia.chats.contact_repository import Contacts
from waia.chats.repository import open_chats, save_chats
from waia.kit.db import Transaction
from waia.kit.errors import Denied, Invalid
from waia.kit.i18n import N_
from waia.whatsapp.numbers import NotANumber, read_number
from waia.whatsapp.people import Sender

NOT_A_NUMBER = N_("Escribe el número con el código del país, por ejemplo +57 300 555 0101.")


class NotYours(Denied):
    code = "chat_of_others"
    message = N_("No puedes abrir un chat con este número. Pide acceso a quien administra waia.")


async def open_chat(
    tx: Transaction, user: SignedIn, phone_number_id: str, typed: str, now: datetime, chats_without_role: str
) -> int:
    """The chat's id; a new chat belongs to who opened it. Raises Invalid, NotYours."""
    try:
        number = read_number(typed)
    except NotANumber:
        raise Invalid({"numero": NOT_A_NUMBER}) from None
    sender, contacts = Sender(wa_id=number), Contacts(tx, now)
    await contacts.prefetch([sender])
    contact = contacts.found(sender) or await contacts.resolve(sender)
    await contacts.save()
    chats = await open_chats(tx, [(phone_number_id, contact.id)], {contact.id: contact.numero}, now)
    chat = chats[(phone_number_id, contact.id)]
    if chat.version == 0 and chat.last_message_id is None and chat.owner_id is None:
        chat.belong_to(user.id)
        await save_chats(tx, [chat], now)
    if not await may_see(tx, user, chat.id, chats_without_role):
        raise NotYours
    return chat.id
