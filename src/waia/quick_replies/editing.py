"""Creates, changes, deletes and orders quick replies. Admins change all, others their own private ones."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote, urlsplit

from waia.accounts.office import By
from waia.accounts.repository import roles as all_roles
from waia.accounts.signed_in import SignedIn
from waia.bot.placeholders import answer_key
from waia.kit.db import Transaction
from waia.kit.errors import Invalid, NotFound
from waia.kit.i18n import N_
from waia.kit.overtaken import refuse_overtaken
from waia.quick_replies import repository as rows
from waia.quick_replies.values import AUDIENCES, PRIVATE, ROLES, ReplyContent, ReplyFile, ReplyLine

NAME = "nombre"
LONGEST_NAME, LONGEST_TEXT, MOST_FILES = 100, 4096, 10
DELETED_FOR = timedelta(days=1)
OWN = re.compile(r"/media/([0-9a-f]{32})(?:#.*)?")
PLACEHOLDER = re.compile(r"\{\{([^{}\n]{0,100})\}\}")
NO_NAME = N_("Escribe un nombre corto: se encuentra escribiendo / y el nombre.")
LONG_NAME = N_("Usa hasta 100 caracteres.")
NAME_TAKEN = N_("Ya hay una respuesta rápida con ese nombre.")
NOTHING = N_("Escribe un texto o agrega un archivo.")
LONG_TEXT = N_("Usa hasta 4096 caracteres: es lo que cabe en un mensaje de WhatsApp.")
UNKNOWN_PLACEHOLDER = N_("Hay un dato entre llaves que no existe. Usa {{nombre}} o uno de los que guarda el bot.")
MANY_FILES = N_("Agrega hasta 10 archivos.")
BAD_ADDRESS = N_("Una dirección no sirve: empieza por https:// y lleva al archivo.")
FILE_GONE = N_("Uno de los archivos ya no está. Quítalo y súbelo de nuevo.")
NO_ROLES = N_("Elige al menos un rol, o compártela con todos.")
ONLY_PRIVATE = N_("Solo quien administra comparte respuestas con otras personas.")


async def create(tx: Transaction, by: By, content: ReplyContent) -> int:
    content = await checked(tx, by, content, None)
    reply_id = await rows.add_reply(tx, content, by.actor.id)
    await by.note(tx, "reply_created", content.name, after=content.told())
    return reply_id


async def change(tx: Transaction, by: By, reply_id: int, content: ReplyContent, seen: str = "") -> None:
    """Raises Invalid, Overtaken, and NotFound for what is not this person's to change."""
    await rows.lock_reply(tx, reply_id)
    before = (await changeable(tx, by, reply_id)).content
    content = await checked(tx, by, _with_known_files(content, before), reply_id)
    if before != content:
        refuse_overtaken(seen, before.seen)
        await rows.store_reply(tx, reply_id, content, by.actor.id)
        await by.note(tx, "reply_changed", content.name, before=before.told(), after=content.told())


async def delete(tx: Transaction, by: By, reply_id: int) -> ReplyLine:
    """It can be brought back for a day."""
    line = await changeable(tx, by, reply_id)
    await rows.store_deleted(tx, [reply_id], by.now)
    await rows.purge(tx, by.now - DELETED_FOR)
    await by.note(tx, "reply_deleted", line.content.name, before=line.content.told())
    return line


async def restore(tx: Transaction, by: By, reply_id: int) -> None:
    row = await rows.deleted_reply(tx, reply_id)
    mine = row is not None and row.audience == PRIVATE and row.author_id == by.actor.id
    if row is None or not (by.actor.is_admin or mine):
        raise NotFound
    await rows.store_deleted(tx, [reply_id], None)
    await by.note(tx, "reply_restored", row.name or "", after={"name": row.name, "text": row.text})


async def order(tx: Transaction, by: By, wanted: Sequence[int]) -> None:
    """Those named come in this order, each in a place that one of them had; the others stay where they are."""
    before, named = await rows.ordered_ids(tx), set(wanted)
    if not named <= set(before) or len(named) != len(wanted):
        raise NotFound
    queue = iter(wanted)
    await _store_order(tx, by, before, [next(queue) if reply_id in named else reply_id for reply_id in before])


async def put_at(tx: Transaction, by: By, reply_id: int, place: int) -> None:
    """There, counted from 1, or last where there are fewer; the others keep their order."""
    before = await rows.ordered_ids(tx)
    if reply_id not in before:
        raise NotFound
    after = [each for each in before if each != reply_id]
    after.insert(max(place, 1) - 1, reply_id)
    await _store_order(tx, by, before, after)


async def _store_order(tx: Transaction, by: By, before: Sequence[int], after: Sequence[int]) -> None:
    """All positions, dense from 0 on; the trail tells of those between the first and the last that moved."""
    moved = [place for place, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
    if moved:
        told = slice(moved[0], moved[-1] + 1)
        names = await rows.names_of(tx, before[told])
        await rows.store_order(tx, after)
        was, now = ({"position": [names[reply_id] for reply_id in ids[told]]} for ids in (before, after))
        await by.note(tx, "replies_ordered", "", before=was, after=now)


async def changeable(tx: Transaction, by: By, reply_id: int) -> ReplyLine:
    line = await reply_line(tx, by.actor, reply_id)
    if not line.may_change:
        raise NotFound
    return line


async def reply_line(tx: Transaction, user: SignedIn, reply_id: int) -> ReplyLine:
    """Raises NotFound for what this person does not see."""
    places = await rows.places(tx, user)
    if reply_id not in places:
        raise NotFound
    return (await rows.reply_lines(tx, user, {reply_id: places[reply_id]}))[0]


async def checked(tx: Transaction, by: By, content: ReplyContent, reply_id: int | None) -> ReplyContent:
    """The same with its files looked up. Raises Invalid with every field that is wrong."""
    errors = _errors(content, known={NAME, *await rows.captured_names(tx)}, may_share=by.actor.is_admin)
    author_id = by.actor.id if content.audience == PRIVATE else None
    if "name" not in errors and await rows.name_is_taken(tx, content.name, author_id, reply_id):
        errors["name"] = NAME_TAKEN
    known = {role.id for role in await all_roles(tx).get_many()}
    if content.audience == ROLES and not set(content.role_ids) & known:
        errors["roles"] = NO_ROLES
    files = await _looked_up(tx, by.actor.id, content.files, errors)
    if errors:
        raise Invalid(errors)
    roles = tuple(sorted(set(content.role_ids) & known)) if content.audience == ROLES else ()
    return ReplyContent(content.name, content.text, content.audience, roles, files)


def _with_known_files(content: ReplyContent, before: ReplyContent) -> ReplyContent:
    """A form sends addresses only: what was known of them stays known."""
    known = {file.url: file for file in before.files}
    return replace(content, files=tuple(known.get(file.url, file) for file in content.files))


def unknown_placeholders(text: str, known: Collection[str]) -> list[str]:
    keys = {answer_key(name) for name in known}
    return [name for name in PLACEHOLDER.findall(text) if answer_key(name) not in keys]


def _errors(content: ReplyContent, known: Collection[str], may_share: bool) -> dict[str, str]:
    errors = {}
    if not content.name or len(content.name) > LONGEST_NAME:
        errors["name"] = LONG_NAME if content.name else NO_NAME
    if not content.text and not content.files:
        errors["text"] = NOTHING
    elif len(content.text) > LONGEST_TEXT:
        errors["text"] = LONG_TEXT
    elif unknown_placeholders(content.text, known):
        errors["text"] = UNKNOWN_PLACEHOLDER
    if content.audience not in AUDIENCES or (content.audience != PRIVATE and not may_share):
        errors["audience"] = ONLY_PRIVATE
    if len(content.files) > MOST_FILES:
        errors["files"] = MANY_FILES
    return errors


async def _looked_up(
    tx: Transaction, user_id: int, files: Sequence[ReplyFile], errors: dict[str, str]
) -> tuple[ReplyFile, ...]:
    """Files of ours get their type; addresses elsewhere are only parsed, never asked."""
    own = [match[1] for file in files if (match := OWN.fullmatch(file.url))]
    uploads = await rows.uploads_of(tx, user_id, own)
    found = []
    for file in files:
        upload = uploads.get(file.url.partition("#")[0])
        if upload is not None:
            found.append(ReplyFile(f"{upload.address}#{quote(upload.filename)}", upload.mime, upload.file_id))
        elif OWN.fullmatch(file.url):
            errors["files"] = FILE_GONE
        elif is_web_address(file.url):
            found.append(file)
        else:
            errors["files"] = BAD_ADDRESS
    await rows.keep_uploads(tx, own)
    return tuple(found)


def is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and url.isprintable() and " " not in url
    except ValueError:
        return False
