"""Quick replies beside the composer: the list that `/` opens, each filled in for this chat."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency as Given
from litestar.params import FromPath, FromQuery

from waia.accounts.signed_in import SignedIn
from waia.bot.placeholders import fill
from waia.chats.access import find_chat
from waia.chats.panel import presenters, repository
from waia.chats.panel.desk import Desk
from waia.chats.send import Part
from waia.kit.db import Transaction
from waia.kit.errors import Conflict
from waia.kit.i18n import N_
from waia.quick_replies.contents import contents_of
from waia.quick_replies.listing import offered
from waia.quick_replies.repository import quick_replies

NAME = "nombre"


class ReplyGone(Conflict):
    code = "quick_reply_gone"
    message = N_("Esa respuesta rápida ya no existe. Quítala o elige otra.")


@dataclass(frozen=True, slots=True)
class Filled:
    """A quick reply as this customer would read it. `files` are the kinds of what hangs on it, in order."""

    id: int
    name: str
    text: str
    files: tuple[str, ...]


@get("/chats/{chat_id:int}/respuestas")
async def show_replies(desk: Given[Desk], chat_id: FromPath[int], q: FromQuery[str] = "") -> Response[Any]:
    """What this person may use; the page narrows them while one types, and asks again where there are more."""
    async with desk.database.reading() as tx:
        await find_chat(tx, desk.user, chat_id, desk.without_role)
        answers = await _answers(tx, chat_id)
        found = await offered(tx, desk.user, q)
        replies = [
            Filled(
                id=reply.id,
                name=reply.name or "",
                text=fill(reply.text, answers),
                files=tuple((media.mime_type or "").partition("/")[0] or "document" for media in reply.medias),
            )
            for reply in found.replies
        ]
    return desk.page.html(
        "chats/_replies.html",
        chat_id=chat_id,
        replies=replies,
        more=found.more,
        asked=q.strip(),
        is_admin=desk.user.is_admin,
    )


async def parts_of_reply(tx: Transaction, user: SignedIn, reply_id: int, text: str, base_url: str) -> Sequence[Part]:
    """The text as the agent left it, and the files of the reply. Raises ReplyGone, also for one that is not theirs."""
    reply = await quick_replies(tx).one_offered_to(user, reply_id)
    if reply is None:
        raise ReplyGone
    return [Part(content) for content in contents_of(text, reply.medias, base_url)]


async def _answers(tx: Transaction, chat_id: int) -> Mapping[str, str]:
    """What the customer told, and how we call them."""
    row = await presenters.chat_row(tx, chat_id)
    told = {answer.name: answer.value for answer in await repository.captured_of(tx, chat_id)}
    return {NAME: row.person.name if row else "", **told}
