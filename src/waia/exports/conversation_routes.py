"""`/export/conversation/<numero>` and `/export/chat/<id>`: a whole conversation, as JSON (also `.json`) or `.csv`."""

from collections.abc import AsyncIterator

from litestar import get
from litestar.di import NamedDependency as Given
from litestar.params import FromPath, FromQuery
from litestar.response import Stream

from waia.accounts.office import Office
from waia.exports import repository
from waia.exports.conversation import Conversation, as_csv, as_json, conversation
from waia.exports.reading import Reader
from waia.kit.errors import NotFound
from waia.rules.book import Rules

LONGEST_NUMBER = 20
LAST = "ultima"
FORMS = ("json", "csv")
TYPES = {"json": "application/json", "csv": "text/csv; charset=utf-8"}


@get("/export/conversation/{name:str}")
async def export_by_number(
    office: Given[Office], rules: Given[Rules], name: FromPath[str], sesion: FromQuery[str] = ""
) -> Stream:
    """Everything that was said with this number, on all lines of ours that the person sees."""
    number, ending = _parted(name)
    digits = "".join(sign for sign in number if sign.isascii() and sign.isdigit())
    return await _export(office, rules, digits, None, ending, last_session=sesion == LAST)


@get("/export/chat/{name:str}")
async def export_by_id(
    office: Given[Office], rules: Given[Rules], name: FromPath[str], sesion: FromQuery[str] = ""
) -> Stream:
    """The same for one chat: contacts may have no number."""
    number, ending = _parted(name)
    chat_id = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0
    return await _export(office, rules, "", chat_id, ending, last_session=sesion == LAST)


async def _export(
    office: Office, rules: Rules, numero: str, chat_id: int | None, ending: str, *, last_session: bool
) -> Stream:
    without_role = (await rules.book(office.accounts.clock.real())).chats_without_role
    database, zone = office.accounts.database, office.accounts.settings.timezone
    reader = Reader(database, office.user, without_role, zone)
    async with database.reading() as tx:
        if chat_id is None:
            rows = await repository.chats_with_number(tx, office.user, numero, without_role) if numero else ()
        else:
            rows = await repository.chat_with_id(tx, office.user, chat_id, without_role)
        if not rows:
            raise NotFound
        told = await conversation(tx, reader, rows, numero=numero or rows[0].numero or "", last_session=last_session)
    form = ending or "json"
    await _note(office, told, form, last_session=last_session)
    stem = f"conversation_{numero}" if chat_id is None else f"chat_{chat_id}"
    return _answer(as_csv(reader, told) if form == "csv" else as_json(reader, told), stem, form, shown=not ending)


async def _note(office: Office, told: Conversation, form: str, *, last_session: bool) -> None:
    """Before the first byte: what cannot be noted is not handed out."""
    ids = [each.chat.id for each in told.chats]
    subject = f"chat {ids[0]}" if len(ids) == 1 else f"{len(ids)} chats"
    details = {"form": form, "chats": ids} | ({"session": LAST} if last_session else {})
    await office.run(lambda tx: office.by.note(tx, "chat.exported", subject, **details))


def _answer(pieces: AsyncIterator[bytes], stem: str, form: str, *, shown: bool) -> Stream:
    """Without an ending the browser shows it, as it always did; with one it becomes a file."""
    kind = "inline" if shown else "attachment"
    headers = {"Content-Disposition": f'{kind}; filename="{stem}.{form}"', "Cache-Control": "private, no-store"}
    return Stream(pieces, media_type=TYPES[form], headers=headers)


def _parted(name: str) -> tuple[str, str]:
    """The name and its ending, empty where it has none of ours."""
    stem, _, ending = name[: LONGEST_NUMBER + 20].rpartition(".")
    return (stem, ending) if ending in FORMS else (name[: LONGEST_NUMBER + 20], "")
