"""Search inside one chat: which of its messages hold the words, for the field above the conversation."""

from litestar import Response, get
from litestar.di import NamedDependency as Given
from litestar.params import FromPath, FromQuery

from waia.accounts.signed_in import SignedIn
from waia.chats.access import may_see
from waia.chats.panel.asked import LONGEST_WORDS
from waia.chats.panel.finding import find_in_chat
from waia.kit.clock import Clock
from waia.kit.db import Database
from waia.kit.errors import NotFound
from waia.kit.render import Page
from waia.rules.book import Rules


@get("/chats/{chat_id:int}/busqueda")
async def show_found_in_chat(
    page: Given[Page],
    database: Given[Database],
    user: Given[SignedIn],
    rules: Given[Rules],
    clock: Given[Clock],
    chat_id: FromPath[int],
    q: FromQuery[str] = "",
) -> Response[str]:
    without_role = (await rules.book(clock.real())).chats_without_role
    async with database.reading() as tx:
        if not await may_see(tx, user, chat_id, without_role):
            raise NotFound
        ids, cut = await find_in_chat(tx, chat_id, q[:LONGEST_WORDS].lstrip())
    return page.html("chats/_chat_found.html", ids=ids, cut=cut, words=q.strip())
