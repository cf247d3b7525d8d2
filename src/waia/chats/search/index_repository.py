"""The index of search: FTS5 on SQLite, FULLTEXT on MariaDB/MySQL, written in the transaction of what it is about."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import TextClause, bindparam, func, select, text

from waia.chats.models import Alias, Contact, Message
from waia.chats.search.words import number_ends, told_in, words_of
from waia.kit.db import Transaction

PAGE = 2_000
# InnoDB leaves out words of one or two letters, and common English ones: with this before them all are found.
MARK = "xx"


async def index_messages(tx: Transaction, rows: Iterable[Mapping[str, Any]]) -> None:
    """Rows hold `id`, `chat_id`, `kind`, `text` and `details`; a message that is in the index is written anew."""
    entries = [
        {"id": row["id"], "chat_id": row["chat_id"], "words": _of_message(tx, row)}
        for row in rows
        if row["text"] or row["kind"] != "text"
    ]
    if entries:
        await tx.execute(_KEEP_MESSAGE[tx.dialect], entries)


async def reindex_messages(tx: Transaction, message_ids: Collection[int]) -> None:
    """Read these messages again: their text changed, came later (a transcript), or was taken back."""
    for start in range(0, len(ids := sorted(message_ids)), PAGE):
        some = ids[start : start + PAGE]
        found = (await tx.execute(_MESSAGES, {"ids": some})).mappings().all()
        await tx.execute(_DROP_MESSAGES[tx.dialect], {"ids": some})
        await index_messages(tx, [row for row in found if row["revoked_at"] is None])


async def index_contacts(tx: Transaction, contact_ids: Collection[int]) -> None:
    """Names, alias, user name and number, as they are now."""
    if not contact_ids:
        return
    rows = await tx.execute(_CONTACTS, {"ids": sorted(contact_ids)})
    entries = [{"id": row.id, "words": _joined(tx, _of_contact(row))} for row in rows]
    if entries:
        await tx.execute(_KEEP_CONTACT[tx.dialect], entries)


async def forget(tx: Transaction, contact_id: int, chat_ids: Collection[int]) -> None:
    """Take a person and all messages of these chats out of the index, before the messages themselves go."""
    await tx.execute(_FORGET_MESSAGES[tx.dialect], {"ids": list(chat_ids)})
    await tx.execute(_FORGET_CONTACT[tx.dialect], {"id": contact_id})


async def last_ids(tx: Transaction) -> tuple[int, int]:
    """The newest message and the newest contact: how far a rebuild has to go."""
    found = await tx.execute(select(select(func.max(Message.id)).scalar_subquery(), func.max(Contact.id)))
    message, contact = found.one()
    return message or 0, contact or 0


def _of_message(tx: Transaction, row: Mapping[str, Any]) -> str:
    words = words_of(told_in(row["kind"], row["text"], row["details"]))
    return _joined(tx, words) if tx.dialect == "mysql" else f"{' '.join(words)} {chat_mark(row['chat_id'])}"


def chat_mark(chat_id: int) -> str:
    """A word that no text has: with it the index finds the messages of one chat without looking at others."""
    return f"§{chat_id}"


def _of_contact(row: Any) -> list[str]:
    told = (row.alias or "", row.name, row.username)
    return list(dict.fromkeys([word for words in told for word in words_of(words)] + number_ends(row.phone)))


def _joined(tx: Transaction, words: Sequence[str]) -> str:
    """On MariaDB with a space around each, so that LIKE finds whole words too."""
    return " ".join(words) if tx.dialect == "sqlite" else f" {' '.join(MARK + word for word in words)} "


def _many(statement: str) -> TextClause:
    return text(statement).bindparams(bindparam("ids", expanding=True))


_KEEP_MESSAGE = {
    "sqlite": text("INSERT OR REPLACE INTO message_search (rowid, words, chat_id) VALUES (:id, :words, :chat_id)"),
    "mysql": text("REPLACE INTO message_search (message_id, words, chat_id) VALUES (:id, :words, :chat_id)"),
}
_DROP_MESSAGES = {
    "sqlite": _many("DELETE FROM message_search WHERE rowid IN :ids"),
    "mysql": _many("DELETE FROM message_search WHERE message_id IN :ids"),
}
_FORGET_MESSAGES = {
    "sqlite": _many("DELETE FROM message_search WHERE rowid IN (SELECT id FROM mensajes WHERE chat_id IN :ids)"),
    "mysql": _many("DELETE FROM message_search WHERE chat_id IN :ids"),
}
_FORGET_CONTACT = {
    "sqlite": text("DELETE FROM contact_search WHERE rowid = :id"),
    "mysql": text("DELETE FROM contact_search WHERE contact_id = :id"),
}
_KEEP_CONTACT = {
    "sqlite": text("INSERT OR REPLACE INTO contact_search (rowid, words) VALUES (:id, :words)"),
    "mysql": text("REPLACE INTO contact_search (contact_id, words) VALUES (:id, :words)"),
}
_MESSAGES = select(Message.id, Message.chat_id, Message.kind, Message.text, Message.details, Message.revoked_at).where(
    Message.id.in_(bindparam("ids", expanding=True))
)
_CONTACTS = (
    select(Contact.id, Contact.name, Contact.username, Contact.phone, Alias.name.label("alias"))
    .outerjoin(Alias, Alias.contact_id == Contact.id)
    .where(Contact.id.in_(bindparam("ids", expanding=True)))
)
