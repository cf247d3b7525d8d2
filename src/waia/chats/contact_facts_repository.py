"""All SQL about what people note down of a contact and its chat: alias, roles, captured answers."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, exists, insert, select, update

from waia.accounts.models import Role
from waia.chats.models import Alias, CapturedAnswer, Chat, ChatRole
from waia.chats.record import ChatRecord
from waia.chats.search.index_repository import index_contacts
from waia.kit.db import Transaction
from waia.kit.sql import insert_ignore, upsert


async def aliases(tx: Transaction, chat_ids: Collection[int]) -> dict[int, str]:
    """By chat; those without one are missing."""
    named = select(Chat.id, Alias.name).join(Alias, Alias.contact_id == Chat.contact_id)
    return {row[0]: row[1] for row in await tx.execute(named.where(Chat.id.in_(chat_ids)))}


async def store_alias(tx: Transaction, contact_id: int, numero: str | None, name: str) -> None:
    """An empty name takes the alias away. The search knows at once."""
    if name:
        row = {"contact_id": contact_id, "numero": numero, "name": name}
        await tx.execute(upsert(tx.dialect, Alias, ("contact_id",), ("name",)), row)
    else:
        await tx.execute(delete(Alias).where(Alias.contact_id == contact_id))
    await index_contacts(tx, [contact_id])


async def chats_of_contact(tx: Transaction, contact_id: int) -> list[int]:
    return list((await tx.execute(select(Chat.id).where(Chat.contact_id == contact_id))).scalars())


async def role_exists(tx: Transaction, role_id: int) -> bool:
    return (await tx.execute(select(Role.id).where(Role.id == role_id))).scalar_one_or_none() is not None


async def add_role(tx: Transaction, chats: Sequence[ChatRecord], role_id: int) -> None:
    rows = [{"chat_id": chat.id, "role_id": role_id, "numero": chat.numero} for chat in chats]
    if rows:
        await tx.execute(insert_ignore(tx.dialect, ChatRole), rows)
        await _note_roles(tx, [chat.id for chat in chats])


async def remove_role(tx: Transaction, chats: Sequence[ChatRecord], role_id: int) -> None:
    ids = [chat.id for chat in chats]
    await tx.execute(delete(ChatRole).where(ChatRole.chat_id.in_(ids), ChatRole.role_id == role_id))
    await _note_roles(tx, ids)


async def store_roles(tx: Transaction, chat: ChatRecord, role_ids: Collection[int]) -> None:
    await tx.execute(delete(ChatRole).where(ChatRole.chat_id == chat.id))
    if role_ids:
        rows = [{"chat_id": chat.id, "role_id": role_id, "numero": chat.numero} for role_id in role_ids]
        await tx.execute(insert(ChatRole), rows)
    await _note_roles(tx, [chat.id])


async def _note_roles(tx: Transaction, chat_ids: Collection[int]) -> None:
    carries = exists(select(1).where(ChatRole.chat_id == Chat.id))
    await tx.execute(update(Chat).where(Chat.id.in_(chat_ids)).values(carries_role=carries))


async def captured_value(tx: Transaction, chat_id: int, name: str) -> str | None:
    answer = select(CapturedAnswer.value).where(CapturedAnswer.chat_id == chat_id, CapturedAnswer.name == name)
    value: str | None = (await tx.execute(answer)).scalar_one_or_none()
    return value


async def store_captured(tx: Transaction, chat_id: int, name: str, value: str, now: datetime) -> None:
    """An empty value takes the answer away."""
    if not value:
        mine = delete(CapturedAnswer).where(CapturedAnswer.chat_id == chat_id, CapturedAnswer.name == name)
        await tx.execute(mine)
        return
    row = {"chat_id": chat_id, "name": name, "value": value, "at": now}
    await tx.execute(upsert(tx.dialect, CapturedAnswer, ("chat_id", "name"), ("value", "at")), row)
