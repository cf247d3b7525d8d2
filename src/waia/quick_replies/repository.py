"""SQL of the quick replies: what agents are offered, what owners change."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from advanced_alchemy.repository import SQLAlchemyAsyncRepository
from sqlalchemy import and_, bindparam, column, delete, exists, func, insert, literal, or_, select, table, update

from waia.accounts.repository import shown_names
from waia.accounts.signed_in import SignedIn
from waia.kit.db import Transaction
from waia.kit.events import Counter
from waia.kit.prepared import Prepared
from waia.kit.sql import insert_ignore, table_of
from waia.media.models import Media, MediaFile
from waia.media.values import Scope, address_of
from waia.quick_replies.models import QuickReply, QuickReplyMedia, QuickReplyRole
from waia.quick_replies.values import ALL, PRIVATE, ROLES, ReplyContent, ReplyFile, ReplyLine

_RULES = table("reglas", column("guardar_como"))
_REPLY = table_of(QuickReply)
CHUNK = 500
# Rises with every change of the table.
STATE = "quick_replies"
_MEDIA = table_of(Media)


class QuickReplyRepository(SQLAlchemyAsyncRepository[QuickReply]):
    model_type = QuickReply

    async def with_ids(self, ids: Sequence[int]) -> Sequence[QuickReply]:
        """With their media."""
        return await self.get_many(QuickReply.id.in_(ids))

    async def one_offered_to(self, user: SignedIn, reply_id: int) -> QuickReply | None:
        return await self.get_one_or_none(QuickReply.id == reply_id, _is_offered(user))


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that lies here, by its address."""

    address: str
    file_id: int
    mime: str
    filename: str


class Words(NamedTuple):
    """What is looked through."""

    id: int
    name: str
    text: str


def quick_replies(tx: Transaction) -> QuickReplyRepository:
    return QuickReplyRepository(session=tx.session)


async def places(tx: Transaction, user: SignedIn) -> dict[int, int]:
    """The place of each row of the page, counted from 1, in order."""
    ordered = select(_REPLY.c.id).where(_is_shown(user)).order_by(_REPLY.c.position, _REPLY.c.id)
    return {reply_id: place for place, reply_id in enumerate((await tx.execute(ordered)).scalars(), 1)}


async def words_shown(tx: Transaction, user: SignedIn) -> list[Words]:
    """Of each row of the page, in order."""
    return await _words(tx, _is_shown(user))


async def words_offered(tx: Transaction, user: SignedIn) -> list[Words]:
    """Of each that this person may send, in order."""
    return await _words(tx, _is_offered(user))


async def _words(tx: Transaction, condition: Any) -> list[Words]:
    wanted = select(_REPLY.c.id, func.coalesce(_REPLY.c.name, ""), _REPLY.c.text).where(condition)
    found = await tx.execute(wanted.order_by(_REPLY.c.position, _REPLY.c.id))
    return [Words._make(row) for row in found]


async def reply_lines(tx: Transaction, user: SignedIn, shown: Mapping[int, int]) -> list[ReplyLine]:
    """Rows of the page by id, each with its place; whoever may not see one does not get it."""
    wanted = select(*_REPLY.c).where(_is_shown(user), _REPLY.c.id.in_(list(shown)))
    rows = (await tx.execute(wanted.order_by(_REPLY.c.position, _REPLY.c.id))).all()
    ids = [row.id for row in rows]
    files, roles = await _files_of(tx, ids), await _roles_of(tx, ids)
    authors = await shown_names(tx, {row.author_id for row in rows if row.author_id and row.audience == PRIVATE})
    return [
        ReplyLine(
            id=row.id,
            place=shown[row.id],
            content=ReplyContent(row.name or "", row.text, row.audience, roles[row.id], files[row.id]),
            author=authors.get(row.author_id, ""),
            mine=row.author_id == user.id,
            may_change=user.is_admin or (row.audience == PRIVATE and row.author_id == user.id),
        )
        for row in rows
    ]


async def all_contents(tx: Transaction) -> dict[int, ReplyContent]:
    """Every shared reply by id, in order: what a sheet of them holds."""
    wanted = select(*_REPLY.c).where(_REPLY.c.deleted_at.is_(None), _REPLY.c.audience != PRIVATE)
    rows = (await tx.execute(wanted.order_by(_REPLY.c.position, _REPLY.c.id))).all()
    ids = [row.id for row in rows]
    files, roles = await _files_of(tx, ids), await _roles_of(tx, ids)
    return {row.id: ReplyContent(row.name or "", row.text, row.audience, roles[row.id], files[row.id]) for row in rows}


async def name_is_taken(tx: Transaction, name: str, author_id: int | None, but: int | None) -> bool:
    """By a shared reply, or by a private one of the same author."""
    visible = or_(_REPLY.c.audience != PRIVATE, _REPLY.c.author_id == author_id)
    same = func.lower(_REPLY.c.name) == name.lower()
    wanted = select(_REPLY.c.id).where(_REPLY.c.deleted_at.is_(None), visible, same)
    return any(found != but for found in (await tx.execute(wanted)).scalars())


async def lock(tx: Transaction) -> int:
    """Those who change the table take turns; the number of this turn."""
    await tx.execute(insert_ignore(tx.dialect, Counter), [{"name": STATE, "value": 0}])
    await tx.execute(update(Counter).where(Counter.name == STATE).values(value=Counter.value + 1))
    return await last_turn(tx)


async def last_turn(tx: Transaction) -> int:
    """The number of the newest change."""
    return int((await tx.execute(select(Counter.value).where(Counter.name == STATE))).scalar_one_or_none() or 0)


async def lock_reply(tx: Transaction, reply_id: int) -> None:
    """Those who change the same one take turns."""
    await tx.execute(select(_REPLY.c.id).where(_REPLY.c.id == reply_id).with_for_update())


async def add_reply(tx: Transaction, content: ReplyContent, author_id: int) -> int:
    return (await store_many(tx, [(None, content)], author_id))[0]


async def store_reply(tx: Transaction, reply_id: int, content: ReplyContent, author_id: int) -> None:
    await store_many(tx, [(reply_id, content)], author_id)


async def store_many(
    tx: Transaction, contents: Sequence[tuple[int | None, ReplyContent]], author_id: int | None
) -> list[int]:
    """New ones (without an id) come last in order; a fixed number of statements. The ids of all."""
    await lock(tx)
    last_id, last_place = (await tx.execute(_LAST)).one()
    ids = [reply_id or (last_id or 0) + place for place, (reply_id, _) in enumerate(contents, 1)]
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for stored_id, (reply_id, content) in zip(ids, contents, strict=True):
        row = _columns(content) | {"stored_id": stored_id}
        if reply_id is None:
            new.append(row | {"author_id": author_id, "position": (last_place or 0) + len(new) + 1})
        else:
            changed.append(row)
    await tx.change_in_pieces(_ADD, new)
    await tx.change_in_pieces(_CHANGE, changed)
    await _forget_parts(tx, [row["stored_id"] for row in changed])
    await _store_parts(tx, list(zip(ids, (content for _, content in contents), strict=True)))
    return ids


async def store_deleted(tx: Transaction, reply_ids: Sequence[int], at: datetime | None) -> None:
    if reply_ids:
        await lock(tx)
        await tx.change_in_pieces(_DELETE, [{"reply": reply_id, "at": at} for reply_id in reply_ids])


async def deleted_reply(tx: Transaction, reply_id: int) -> Any:
    """The row, to be brought back; None if it is not one that was deleted."""
    wanted = select(*_REPLY.c).where(_REPLY.c.id == reply_id, _REPLY.c.deleted_at.is_not(None))
    return (await tx.execute(wanted)).one_or_none()


async def store_order(tx: Transaction, ids: Sequence[int]) -> None:
    rows = [{"reply": reply_id, "place": place} for place, reply_id in enumerate(ids)]
    if rows:
        await lock(tx)
        await tx.change_in_pieces(_ORDER, rows)


async def ordered_ids(tx: Transaction) -> list[int]:
    wanted = select(_REPLY.c.id).where(_REPLY.c.deleted_at.is_(None)).order_by(_REPLY.c.position, _REPLY.c.id)
    return list((await tx.execute(wanted)).scalars())


async def names_of(tx: Transaction, ids: Sequence[int]) -> dict[int, str]:
    rows = await tx.execute(select(_REPLY.c.id, _REPLY.c.name).where(_REPLY.c.id.in_(ids)))
    return {row[0]: row[1] or "" for row in rows}


async def captured_names(tx: Transaction) -> list[str]:
    """What the flow keeps of customers' answers, by the names of its rules."""
    wanted = select(_RULES.c.guardar_como).where(_RULES.c.guardar_como.is_not(None)).distinct()
    return sorted(name for name in (await tx.execute(wanted)).scalars() if name and name.strip())


async def uploads_of(tx: Transaction, user_id: int, public_ids: Sequence[str]) -> dict[str, Uploaded]:
    """By address: this person's drafts, and files of quick replies."""
    usable = or_(_MEDIA.c.scope == Scope.REPLY, and_(_MEDIA.c.scope == Scope.DRAFT, _MEDIA.c.user_id == user_id))
    wanted = (
        select(_MEDIA.c.public_id, _MEDIA.c.file_id, MediaFile.mime, _MEDIA.c.filename)
        .join(MediaFile, MediaFile.id == _MEDIA.c.file_id)
        .where(_MEDIA.c.public_id.in_(list(public_ids)), usable)
    )
    found = [Uploaded(address_of(row[0]), row[1], row[2], row[3]) for row in await tx.execute(wanted)]
    return {upload.address: upload for upload in found}


async def keep_uploads(tx: Transaction, public_ids: Sequence[str]) -> None:
    """Drafts that became files of a reply: whoever may write to customers may open them."""
    kept = update(_MEDIA).where(_MEDIA.c.public_id.in_(list(public_ids)), _MEDIA.c.scope == Scope.DRAFT)
    await tx.execute(kept.values(scope=Scope.REPLY))


async def purge(tx: Transaction, before: datetime) -> None:
    """Replies deleted before then go for good, and addresses of files that no reply has any more."""
    await tx.execute(delete(_REPLY).where(_REPLY.c.deleted_at < before))
    used = exists(select(1).where(QuickReplyMedia.url == literal("/media/") + _MEDIA.c.public_id))
    unused = delete(_MEDIA).where(_MEDIA.c.scope == Scope.REPLY, _MEDIA.c.user_id.is_not(None), ~used)
    await tx.execute(unused)


def _is_shown(user: SignedIn) -> Any:
    """On the page of quick replies: all for admins, else what this person is offered."""
    return QuickReply.deleted_at.is_(None) if user.is_admin else _is_offered(user)


def _is_offered(user: SignedIn) -> Any:
    """A reply for roles is for those who carry one of them, and for admins."""
    mine = select(QuickReplyRole.quick_reply_id).where(QuickReplyRole.role_id.in_(user.role_ids))
    for_roles = QuickReply.audience == ROLES
    shared = or_(
        QuickReply.audience == ALL,
        for_roles if user.is_admin else and_(for_roles, QuickReply.id.in_(mine)),
        and_(QuickReply.audience == PRIVATE, QuickReply.author_id == user.id),
    )
    return and_(QuickReply.deleted_at.is_(None), shared)


def _columns(content: ReplyContent) -> dict[str, Any]:
    """The original's columns hold the first file and the kind too."""
    first = content.files[0] if content.files else None
    return {
        "name": content.name or None,
        "text": content.text,
        "kind": content.kind,
        "media_url": first.url if first else None,
        "audience": content.audience,
    }


async def _forget_parts(tx: Transaction, ids: Sequence[int]) -> None:
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        await tx.execute(delete(QuickReplyMedia).where(QuickReplyMedia.quick_reply_id.in_(some)))
        await tx.execute(delete(QuickReplyRole).where(QuickReplyRole.quick_reply_id.in_(some)))


async def _store_parts(tx: Transaction, contents: Sequence[tuple[int, ReplyContent]]) -> None:
    files = [
        {"quick_reply_id": reply_id, "url": file.url, "mime_type": file.mime or None, "file_id": file.file_id}
        for reply_id, content in contents
        for file in content.files
    ]
    roles = [
        {"quick_reply_id": reply_id, "role_id": role_id}
        for reply_id, content in contents
        if content.audience == ROLES
        for role_id in content.role_ids
    ]
    await tx.change_in_pieces(_ADD_FILES, files)
    await tx.change_in_pieces(_ADD_ROLES, roles)


async def _files_of(tx: Transaction, ids: Sequence[int]) -> dict[int, tuple[ReplyFile, ...]]:
    medias = table_of(QuickReplyMedia)
    wanted = select(*medias.c).order_by(medias.c.id)
    wanted = wanted.where(medias.c.quick_reply_id.in_(ids)) if len(ids) <= CHUNK else wanted
    found: dict[int, list[ReplyFile]] = defaultdict(list)
    for row in await tx.execute(wanted):
        found[row.quick_reply_id].append(ReplyFile(row.url, row.mime_type or "", row.file_id))
    return defaultdict(tuple, {reply_id: tuple(files) for reply_id, files in found.items()})


async def _roles_of(tx: Transaction, ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    wanted = select(QuickReplyRole.quick_reply_id, QuickReplyRole.role_id)
    found: dict[int, list[int]] = defaultdict(list)
    wanted = wanted.where(QuickReplyRole.quick_reply_id.in_(ids)) if len(ids) <= CHUNK else wanted
    for reply_id, role_id in await tx.execute(wanted):
        found[reply_id].append(role_id)
    return defaultdict(tuple, {reply_id: tuple(sorted(roles)) for reply_id, roles in found.items()})


_ORDER = Prepared(update(_REPLY).where(_REPLY.c.id == bindparam("reply")).values(position=bindparam("place")))
_DELETE = Prepared(update(_REPLY).where(_REPLY.c.id == bindparam("reply")).values(deleted_at=bindparam("at")))
_LAST = select(func.max(_REPLY.c.id), func.max(_REPLY.c.position)).with_for_update()
_WRITTEN: dict[str, Any] = {name: bindparam(name) for name in ("name", "text", "kind", "media_url", "audience")}
_ADD = Prepared(
    insert(_REPLY).values(
        **_WRITTEN, id=bindparam("stored_id"), author_id=bindparam("author_id"), position=bindparam("position")
    )
)
_CHANGE = Prepared(update(_REPLY).where(_REPLY.c.id == bindparam("stored_id")).values(**_WRITTEN))
_ADD_FILES, _ADD_ROLES = Prepared(insert(table_of(QuickReplyMedia))), Prepared(insert(table_of(QuickReplyRole)))
