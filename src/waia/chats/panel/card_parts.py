"""Parts of the contact card that are read only when they are looked at: files, and what happened in past sessions."""

from litestar import Response, get
from litestar.di import NamedDependency as Given
from litestar.params import FromPath, FromQuery

from waia.chats.access import may_see
from waia.chats.panel import card_repository as repository
from waia.chats.panel import timeline
from waia.chats.panel.asked import read_number
from waia.chats.panel.desk import Desk
from waia.chats.panel.sessions import with_what_happened
from waia.kit.errors import NotFound

FILES = 12


@get("/chats/{chat_id:int}/archivos")
async def show_files(desk: Given[Desk], chat_id: FromPath[int], antes: FromQuery[str] = "") -> Response[str]:
    """A page of files, the newest first; `antes` is the message of the last one that is already there."""
    before = read_number(antes)
    async with desk.database.reading() as tx:
        if not await may_see(tx, desk.user, chat_id, desk.without_role):
            raise NotFound
        ids = await repository.messages_with_files(tx, chat_id, before, FILES + 1)
        bubbles = await timeline.bubbles(tx, chat_id, ids[:FILES], desk.settings.timezone) if ids else ()
    oldest = ids[FILES - 1] if len(ids) > FILES else None
    template = "chats/_files_found.html" if before is None else "chats/files.html"
    return desk.page.html(template, chat_id=chat_id, files=bubbles[::-1], oldest=oldest)


@get("/chats/{chat_id:int}/sesiones")
async def show_sessions(desk: Given[Desk], chat_id: FromPath[int]) -> Response[str]:
    async with desk.database.reading() as tx:
        if not await may_see(tx, desk.user, chat_id, desk.without_role):
            raise NotFound
        sessions = await with_what_happened(tx, chat_id)
    return desk.page.html("chats/_past.html", chat_id=chat_id, sessions=sessions, told=True)
