"""All SQL of exports: the chats that somebody may take out, page by page, with their messages and answers."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from waia.accounts.models import Role, User
from waia.accounts.signed_in import SignedIn
from waia.chats.access import visible_to
from waia.chats.models import Alias, BotSession, CapturedAnswer, Chat, ChatRole, Contact, DecisionRow, Message, Reaction
from waia.exports.lines import FileTold, ReactionTold
from waia.kit.db import Transaction
from waia.media.models import Media, MediaFile
from waia.media.values import Scope

MOST_NAMES = 200
_OWNER = func.coalesce(func.nullif(User.display_name, ""), User.username, "")
_CHAT = (
    select(
        Chat.id, Chat.numero, Chat.phone_number_id, Chat.estado, Chat.holder, Chat.unanswered_since, Chat.step,
        Chat.last_message_at, Chat.archived_at, Contact.name, Contact.username, Contact.phone, Contact.created_at,
        Alias.name.label("alias"), _OWNER.label("owner_name"),
    )
    .join(Contact, Contact.id == Chat.contact_id)
    .outerjoin(Alias, Alias.contact_id == Chat.contact_id)
    .outerjoin(User, User.id == Chat.owner_id)
)  # fmt: skip
_MESSAGE = (
    select(
        Message.id, Message.chat_id, Message.timestamp, Message.direction, Message.author, Message.tipo, Message.kind,
        Message.text, Message.quoted_wamid, Message.step, Message.rule_id, Message.status, Message.error_text,
        Message.edited_at, Message.revoked_at, Message.wamid, _OWNER.label("agent"),
    )
    .outerjoin(User, User.id == Message.user_id)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Session:
    """The last run through the flow; `first_message`: where it begins, None when nothing was said in it."""

    started_at: datetime
    ended_at: datetime | None
    end_reason: str
    first_message: int | None


async def chats_with_number(tx: Transaction, user: SignedIn, numero: str, without_role: str) -> Sequence[Any]:
    """One for each of our numbers that this customer wrote to, as far as the user sees them."""
    wanted = _CHAT.where(Chat.numero == numero, visible_to(user, without_role))
    found: Sequence[Any] = (await tx.execute(wanted.order_by(Chat.id))).all()
    return found


async def chat_with_id(tx: Transaction, user: SignedIn, chat_id: int, without_role: str) -> Sequence[Any]:
    found: Sequence[Any] = (await tx.execute(_CHAT.where(Chat.id == chat_id, visible_to(user, without_role)))).all()
    return found


async def newest_message(tx: Transaction, chat_ids: Collection[int]) -> int:
    """The id after which an export ends: what is said while it runs is not in it."""
    return int((await tx.execute(select(func.max(Message.id)).where(Message.chat_id.in_(chat_ids)))).scalar() or 0)


async def last_session(tx: Transaction, chat_id: int) -> Session | None:
    """It begins with the message that opened it, whose time on the customer's phone is a little earlier."""
    columns = (BotSession.started_at, BotSession.ended_at, BotSession.end_reason)
    newest = select(*columns).where(BotSession.chat_id == chat_id).order_by(BotSession.id.desc()).limit(1)
    row = (await tx.execute(newest)).one_or_none()
    if row is None:
        return None
    decided = select(DecisionRow.id).where(DecisionRow.chat_id == chat_id, DecisionRow.at >= row.started_at)
    since = or_(Message.timestamp >= row.started_at, Message.decision_id.in_(decided))
    begins = select(func.min(Message.id)).where(Message.chat_id == chat_id, since)
    first = (await tx.execute(begins)).scalar_one_or_none()
    return Session(row.started_at, row.ended_at, row.end_reason, first)


async def messages_between(
    tx: Transaction, user: SignedIn, without_role: str, chat_id: int, after: int, upto: int, limit: int
) -> Sequence[Any]:
    """Of a chat that the user still sees, in the order in which they came."""
    seen = exists(select(1).where(Chat.id == Message.chat_id, visible_to(user, without_role)))
    page = _MESSAGE.where(Message.chat_id == chat_id, Message.id > after, Message.id <= upto, seen)
    found: Sequence[Any] = (await tx.execute(page.order_by(Message.id).limit(limit))).all()
    return found


async def files_of(tx: Transaction, message_ids: Collection[int]) -> Mapping[int, list[FileTold]]:
    wanted = (
        select(
            Media.message_id, Media.public_id, Media.filename, func.coalesce(MediaFile.mime, Media.mime).label("mime")
        )
        .outerjoin(MediaFile, MediaFile.id == Media.file_id)
        .where(Media.message_id.in_(message_ids), Media.scope == Scope.CHAT)
        .order_by(Media.id)
    )
    files: defaultdict[int, list[FileTold]] = defaultdict(list)
    for row in await tx.execute(wanted):
        files[row.message_id].append(FileTold(row.filename, row.mime, f"/media/{row.public_id}"))
    return files


async def reactions_to(tx: Transaction, wamids: Collection[str]) -> Mapping[str, list[ReactionTold]]:
    told: defaultdict[str, list[ReactionTold]] = defaultdict(list)
    if wamids:
        wanted = select(Reaction.wamid, Reaction.emoji, Reaction.author).where(Reaction.wamid.in_(wamids))
        for wamid, emoji, author in await tx.execute(wanted.order_by(Reaction.at)):
            told[wamid].append(ReactionTold(emoji, "cliente" if author.startswith("c") else "nosotros"))
    return told


async def chats_after(
    tx: Transaction, user: SignedIn, without_role: str, wanted: Sequence[ColumnElement[bool]], after: int, limit: int
) -> Sequence[Any]:
    """The next of those that are wanted, by id; never one that the user does not see."""
    page = _CHAT.where(*wanted, visible_to(user, without_role), Chat.id > after)
    found: Sequence[Any] = (await tx.execute(page.order_by(Chat.id).limit(limit))).all()
    return found


async def count_chats(tx: Transaction, user: SignedIn, without_role: str, wanted: Sequence[ColumnElement[bool]]) -> int:
    counted = select(func.count(Chat.id)).where(*wanted, visible_to(user, without_role))
    return int((await tx.execute(counted)).scalar_one())


async def role_names(tx: Transaction, chat_ids: Collection[int]) -> Mapping[int, list[str]]:
    wanted = select(ChatRole.chat_id, Role.name).join(Role, Role.id == ChatRole.role_id)
    names: defaultdict[int, list[str]] = defaultdict(list)
    for chat_id, name in await tx.execute(wanted.where(ChatRole.chat_id.in_(chat_ids)).order_by(Role.name)):
        names[chat_id].append(name)
    return names


async def answers_of(tx: Transaction, chat_ids: Collection[int]) -> Mapping[int, dict[str, str]]:
    """What customers answered, by chat and name."""
    wanted = select(CapturedAnswer.chat_id, CapturedAnswer.name, CapturedAnswer.value)
    answers: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for chat_id, name, value in await tx.execute(wanted.where(CapturedAnswer.chat_id.in_(chat_ids))):
        answers[chat_id][name] = value
    return answers


async def answer_names(tx: Transaction) -> list[str]:
    """Under which names anything was ever kept; they are columns."""
    names = select(CapturedAnswer.name).distinct().order_by(CapturedAnswer.name).limit(MOST_NAMES)
    return list((await tx.execute(names)).scalars())


def one_of(chat_ids: Collection[int]) -> ColumnElement[bool]:
    return Chat.id.in_(chat_ids)


def with_answers(name: str = "", words: str = "") -> ColumnElement[bool]:
    """Chats with an answer: under this name, with these words in it, where they are told."""
    kept = CapturedAnswer.__table__.alias("kept")
    wanted: list[ColumnElement[bool]] = [kept.c.chat_id == Chat.id]
    if name:
        wanted.append(kept.c.name == name)
    if words:
        wanted.append(kept.c.value.icontains(words, autoescape=True))
    return exists(select(1).where(*wanted))


async def newest_answers(
    tx: Transaction,
    user: SignedIn,
    without_role: str,
    wanted: Sequence[ColumnElement[bool]],
    after: tuple[datetime, int] | None,
    limit: int,
) -> list[tuple[int, datetime]]:
    """(chat, when its last answer came), the newest first, along the index of the answers' times."""
    later = CapturedAnswer.__table__.alias("later")
    same_moment = and_(later.c.at == CapturedAnswer.at, later.c.name > CapturedAnswer.name)
    is_later = or_(later.c.at > CapturedAnswer.at, same_moment)
    beaten = exists(select(1).where(later.c.chat_id == CapturedAnswer.chat_id, is_later))
    page = (
        select(CapturedAnswer.chat_id, CapturedAnswer.at)
        .join(Chat, Chat.id == CapturedAnswer.chat_id)
        .where(~beaten, visible_to(user, without_role), *wanted)
    )
    if after is not None:
        at, chat_id = after
        page = page.where(CapturedAnswer.at <= at, or_(CapturedAnswer.at != at, CapturedAnswer.chat_id < chat_id))
    page = page.order_by(CapturedAnswer.at.desc(), CapturedAnswer.chat_id.desc()).limit(limit)
    return [(chat_id, at) for chat_id, at in await tx.execute(page)]


async def chats_by_id(tx: Transaction, chat_ids: Collection[int]) -> dict[int, Any]:
    """Of chats whose gate was passed before."""
    return {row.id: row for row in await tx.execute(_CHAT.where(Chat.id.in_(chat_ids)))}
