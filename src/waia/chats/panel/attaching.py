"""The panel's routes for files: attach one to a chat (its bytes are the body), take it back before it is sent."""

from collections.abc import AsyncIterator
from typing import Any

from litestar import Request, Response, delete, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from waia.accounts.signed_in import SignedIn
from waia.chats.access import may_see
from waia.chats.attachments import Attacher, Offer, refuse_hoarding
from waia.chats.panel.desk import Desk
from waia.kit.db import Database, Transaction
from waia.kit.errors import NotFound
from waia.kit.i18n import translator
from waia.media.convert import NotSendable
from waia.media.limits import MB
from waia.media.repository import find, remove
from waia.media.values import Scope

AnyRequest = Request[Any, Any, Any]
LARGEST_BODY = 100 * MB + 1


@post("/chats/{chat_id:int}/archivos", status_code=201, request_max_body_size=LARGEST_BODY)
async def attach_file(
    request: AnyRequest, desk: Given[Desk], attacher: Given[Attacher], chat_id: FromPath[int]
) -> Response[Any]:
    """Answers with the tile for the composer, else with what to do about it."""
    async with desk.database.reading() as tx:
        if not await may_see(tx, desk.user, chat_id, desk.without_role):
            raise NotFound
        await refuse_hoarding(tx, desk.user.id)
    try:
        draft = await attacher.attach(_pieces(request), _offer(request), chat_id, desk.user.id, desk.real_now)
    except NotSendable as error:
        words = error.words(translator(desk.page.language).gettext)
        told = {"error": error.code, "message": words, "as_document": error.as_document}
        return Response(told, status_code=error.status)
    return desk.page.html("chats/_attachment.html", status=201, attachment=draft, caption="")


@delete("/media/{public_id:str}", status_code=200)
async def take_back(database: Given[Database], user: Given[SignedIn], public_id: FromPath[str]) -> Response[None]:
    """One's own draft. The file itself goes with the next sweep, when nothing points at it any more."""

    async def work(tx: Transaction) -> None:
        draft = await find(tx, public_id[:32])
        if draft is None or draft.scope is not Scope.DRAFT or draft.user_id != user.id:
            raise NotFound
        await remove(tx, draft.id)

    await database.run(work)
    return Response(None)


def _offer(request: AnyRequest) -> Offer:
    asked, length = request.query_params, request.headers.get("content-length", "")
    return Offer(
        filename=asked.get("nombre", ""),
        mime=request.headers.get("content-type", ""),
        length=int(length) if length.isascii() and length.isdigit() and len(length) < 12 else None,
        voice=asked.get("voz") == "1",
        as_document=asked.get("como") == "documento",
    )


async def _pieces(request: AnyRequest) -> AsyncIterator[bytes]:
    async for piece in request.stream():
        if piece:
            yield piece
