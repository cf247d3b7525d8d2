"""Everything that a person left behind, table by table."""

from collections.abc import Sequence

from sqlalchemy import delete, func, or_, select

from waia.chats.models import (
    Alias,
    BotSession,
    CapturedAnswer,
    Chat,
    ChatMove,
    Contact,
    ContactIdentity,
    DecisionRow,
    Draft,
    Message,
    OutboxItem,
    Reaction,
)
from waia.chats.search.index_repository import forget
from waia.kit.db import Transaction
from waia.media.models import Media
from waia.whatsapp.models import InboxItem

BY_CHAT = (Message, OutboxItem, Reaction, DecisionRow, BotSession, CapturedAnswer, ChatMove, Draft, Media)
BY_CONTACT = (ContactIdentity, Alias, Chat)


async def contact_named(tx: Transaction, told: str) -> int | None:
    """By phone, user id or `#id`; ids that are not valid any more count too."""
    if told.startswith("#"):
        wanted = select(Contact.id).where(Contact.id == (int(told[1:]) if told[1:].isdigit() else -1))
        ours: int | None = (await tx.execute(wanted)).scalar_one_or_none()
        return ours
    names = {told, "".join(sign for sign in told if sign.isdigit()) or told}
    known = select(ContactIdentity.contact_id).where(ContactIdentity.value.in_(names))
    current = select(Contact.id).where(or_(Contact.phone.in_(names), Contact.user_id.in_(names)))
    for wanted in (current, known.order_by(ContactIdentity.open.desc(), ContactIdentity.id.desc())):
        if (found := (await tx.execute(wanted.limit(1))).scalar_one_or_none()) is not None:
            return int(found)
    return None


async def chats_of_contact(tx: Transaction, contact_id: int) -> list[int]:
    return list((await tx.execute(select(Chat.id).where(Chat.contact_id == contact_id))).scalars())


async def count_rows(tx: Transaction, contact_id: int, chat_ids: Sequence[int]) -> dict[str, int]:
    """By table name; one question for each of the few tables."""
    counts = [select(func.count()).select_from(model).where(model.chat_id.in_(chat_ids)) for model in BY_CHAT]
    counts += [select(func.count()).select_from(model).where(model.contact_id == contact_id) for model in BY_CONTACT]
    names = [model.__tablename__ for model in (*BY_CHAT, *BY_CONTACT)]
    row = (await tx.execute(select(*(count.scalar_subquery() for count in counts)))).one()
    return {"contacts": 1, **dict(zip(names, row, strict=True))}


async def remove_contact(tx: Transaction, contact_id: int, chat_ids: Sequence[int]) -> None:
    """What waits in the inbox goes too; the database takes all that hangs on the contact and the chats."""
    values = (await tx.execute(select(ContactIdentity.value).where(ContactIdentity.contact_id == contact_id))).scalars()
    lanes = [InboxItem.lane.endswith(f":{value}", autoescape=True) for value in values]
    if lanes:
        await tx.execute(delete(InboxItem).where(or_(*lanes)))
    await tx.execute(delete(Media).where(Media.chat_id.in_(chat_ids)))
    await forget(tx, contact_id, chat_ids)
    await tx.execute(delete(Chat).where(Chat.id.in_(chat_ids)))
    await tx.execute(delete(Contact).where(Contact.id == contact_id))
