"""What people note down of a contact: the alias, the chat's roles, and what the customer once answered."""

from collections.abc import Sequence
from datetime import datetime

from waia.chats import contact_facts_repository as repository
from waia.chats.management import FACTS_CHANGED, Refused
from waia.chats.record import ChatRecord
from waia.kit.db import Transaction
from waia.kit.errors import Invalid, NotFound
from waia.kit.i18n import N_

LONGEST_ALIAS, LONGEST_ANSWER = 100, 1_000
TOO_LONG_ALIAS = N_("El alias puede tener hasta 100 caracteres.")
TOO_LONG_ANSWER = N_("La respuesta puede tener hasta 1000 caracteres.")


async def set_alias(tx: Transaction, chat: ChatRecord, words: str) -> Refused:
    """The contact's friendly name, in all its chats; empty takes it away. Raises Invalid."""
    name = " ".join(words.split())
    if len(name) > LONGEST_ALIAS:
        raise Invalid({"alias": TOO_LONG_ALIAS})
    await repository.store_alias(tx, chat.contact_id, chat.numero, name)
    for chat_id in await repository.chats_of_contact(tx, chat.contact_id):
        _tell(tx, chat_id)
    return {}


async def add_role(tx: Transaction, chats: Sequence[ChatRecord], role_id: int) -> Refused:
    """The chats carry the role: its people see them. Raises NotFound."""
    if not await repository.role_exists(tx, role_id):
        raise NotFound
    await repository.add_role(tx, chats, role_id)
    for chat in chats:
        _tell(tx, chat.id)
    return {}


async def remove_role(tx: Transaction, chats: Sequence[ChatRecord], role_id: int) -> Refused:
    await repository.remove_role(tx, chats, role_id)
    for chat in chats:
        _tell(tx, chat.id)
    return {}


async def correct_answer(tx: Transaction, chat: ChatRecord, name: str, words: str, now: datetime) -> str:
    """Replace what the customer answered; empty removes it. The value before. Raises NotFound, Invalid."""
    before = await repository.captured_value(tx, chat.id, name)
    if before is None:
        raise NotFound
    if len(words.strip()) > LONGEST_ANSWER:
        raise Invalid({"valor": TOO_LONG_ANSWER})
    await repository.store_captured(tx, chat.id, name, words.strip(), now)
    tx.announce(FACTS_CHANGED, chat.id)
    return before


def _tell(tx: Transaction, chat_id: int) -> None:
    tx.announce("chat_changed", chat_id)
    tx.announce(FACTS_CHANGED, chat_id)
