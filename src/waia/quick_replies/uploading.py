"""Takes a file for a quick reply; it is a draft of whoever sent it until the form is saved."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

from litestar import Request, Response, post
from litestar.di import NamedDependency as Given

from waia.accounts.office import Office
from waia.kit.db import Transaction
from waia.kit.errors import TooMany
from waia.kit.i18n import translator
from waia.media.convert import NotSendable
from waia.media.drafts_repository import count_drafts
from waia.media.limits import MB
from waia.media.repository import add_file, add_ready
from waia.media.shelf import Shelf
from waia.media.storage import Storage
from waia.media.values import Scope, StoredFile, address_of
from waia.quick_replies.values import ReplyFile

LARGEST_BODY = 100 * MB + 1
MOST_DRAFTS = 60
LONGEST_NAME = 120


@post("/configuracion/botones/archivos", status_code=201, request_max_body_size=LARGEST_BODY)
async def upload_reply_file(office: Given[Office], shelf: Given[Shelf], storage: Given[Storage]) -> Response[Any]:
    """Answers with the file's line for the form, else with what to do about it."""
    async with office.accounts.database.reading() as tx:
        if await count_drafts(tx, office.user.id) >= MOST_DRAFTS:
            raise TooMany
    request, name = office.request, _name(office.request)
    mime, length = request.headers.get("content-type", ""), _length(request.headers.get("content-length", ""))
    try:
        stored = await shelf.shelve(_pieces(request), filename=name, mime=mime, length=length, as_document=False)
    except NotSendable as error:
        words = error.words(translator(office.page.language).gettext)
        return Response({"error": error.code, "message": words}, status_code=error.status)
    try:
        url = await office.run(lambda tx: _keep(tx, office, stored, name))
    except BaseException:
        await storage.remove(stored.storage_key)
        raise
    return office.page.html("quick_replies/_file.html", status=201, file=ReplyFile(url, stored.mime))


async def _keep(tx: Transaction, office: Office, stored: StoredFile, name: str) -> str:
    file_id, public_id = await add_file(tx, stored, office.by.now), uuid4().hex
    row = {"public_id": public_id, "file_id": file_id, "scope": Scope.DRAFT, "user_id": office.user.id}
    await add_ready(tx, row | {"kind": stored.kind, "filename": name, "mime": stored.mime}, office.by.now)
    return f"{address_of(public_id)}#{name}"


async def _pieces(request: Request[Any, Any, Any]) -> AsyncIterator[bytes]:
    async for piece in request.stream():
        if piece:
            yield piece


def _name(request: Request[Any, Any, Any]) -> str:
    told = request.query_params.get("nombre", "").replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in told if sign.isprintable())[:LONGEST_NAME].strip() or "archivo"


def _length(told: str) -> int | None:
    return int(told) if told.isascii() and told.isdigit() and len(told) < 12 else None
