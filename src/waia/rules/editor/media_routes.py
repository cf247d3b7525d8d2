"""Files of a rule: uploaded, named by an address that is looked at once, or copied from there to waia."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from litestar import Request, Response, post
from litestar.di import NamedDependency as Given

from waia.kit.db import Transaction
from waia.kit.errors import Invalid
from waia.kit.i18n import N_
from waia.media.convert import NotSendable
from waia.media.limits import MB
from waia.media.links import LinkRefused, Links, LinkTrouble
from waia.media.repository import add_file, add_ready
from waia.media.shelf import Shelf
from waia.media.values import Scope, StoredFile, address_of
from waia.rules.content import MediaRef
from waia.rules.editor.bubbles import own_path
from waia.rules.editor.desk import RuleDesk
from waia.rules.editor.form import MEDIA_KINDS
from waia.rules.editor.form_errors import ADDRESS, BAD_ADDRESS

AnyRequest = Request[Any, Any, Any]
LARGEST_BODY = 100 * MB + 1
TROUBLES = {
    LinkTrouble.NOT_PUBLIC: N_("Esa dirección no se alcanza desde internet: WhatsApp tampoco podría leerla."),
    LinkTrouble.UNREACHABLE: N_("No contestó en 5 segundos. WhatsApp tampoco podría leerla."),
    LinkTrouble.ELSEWHERE: N_("Esa dirección lleva a otra. Copia la dirección final del archivo."),
    LinkTrouble.REFUSED: N_("El sitio no entrega ese archivo. Revisa la dirección o el permiso."),
    LinkTrouble.PAGE: N_("Ahí hay una página web, no un archivo. Copia la dirección del archivo mismo."),
    LinkTrouble.WRONG_KIND: N_("Ahí hay otro tipo de archivo que el de esta regla."),
    LinkTrouble.TOO_BIG: N_("Pesa más de lo que WhatsApp admite."),
}
WRONG_KINDS = {
    "image": N_("No es una imagen que WhatsApp envíe. Cambia el tipo de la regla, o elige un JPG o PNG."),
    "video": N_("No es un video. Cambia el tipo de la regla, o elige un MP4."),
    "audio": N_("No es un audio. Cambia el tipo de la regla, o elige otro archivo."),
}


@post("/reglas/archivos", status_code=201, request_max_body_size=LARGEST_BODY)
async def upload(request: AnyRequest, rule_desk: Given[RuleDesk], shelf: Given[Shelf]) -> Response[Any]:
    """The bytes are the body. Answers with the line of the form for it, else with what to do."""
    told = request.headers.get("content-length", "")
    length = int(told) if told.isascii() and told.isdigit() and len(told) < 12 else None
    name, mime = request.query_params.get("nombre", ""), request.headers.get("content-type", "")
    try:
        return await _keep(rule_desk, shelf, _pieces(request), _kind(request), name, mime=mime, length=length)
    except NotSendable as error:
        words = error.words(rule_desk.gettext)
        return Response({"error": error.code, "message": words}, status_code=error.status)


@post("/reglas/enlaces", status_code=200)
async def look_at_link(request: AnyRequest, rule_desk: Given[RuleDesk], links: Given[Links]) -> Response[Any]:
    """One bounded request; what is wrong is said beside the address, which may be kept all the same."""
    url, wanted = await _address(request), _kind(request)
    if own_path(url, rule_desk.settings.own_address):
        return _line(rule_desk, MediaRef(url))
    link = await links.look(url, wanted)
    warning = TROUBLES[link.trouble] if link.trouble else ""
    may_copy = link.trouble in {None, LinkTrouble.TOO_BIG}
    return _line(rule_desk, MediaRef(url, link.mime), warning=warning, copy_as=wanted if may_copy else "")


@post("/reglas/copias", status_code=200)
async def copy_link(
    request: AnyRequest, rule_desk: Given[RuleDesk], links: Given[Links], shelf: Given[Shelf]
) -> Response[Any]:
    """From then on the file is ours, whatever becomes of the address."""
    url = await _address(request)
    name = unquote(PurePosixPath(urlsplit(url).path).name)
    try:
        async with links.pieces(url) as pieces:
            return await _keep(rule_desk, shelf, pieces, _kind(request), name, source=url)
    except LinkRefused as error:
        return _line(rule_desk, MediaRef(url), warning=TROUBLES[error.trouble])
    except NotSendable as error:
        return _line(rule_desk, MediaRef(url), warning=error.words(rule_desk.gettext))


async def _keep(
    desk: RuleDesk,
    shelf: Shelf,
    pieces: AsyncIterator[bytes],
    wanted: str,
    filename: str,
    *,
    mime: str = "",
    length: int | None = None,
    source: str = "",
) -> Response[Any]:
    """The line of the form for it. Raises NotSendable, also for a file of another kind than the rule sends."""
    as_document = wanted == "document"
    stored = await shelf.shelve(pieces, filename=filename, mime=mime, length=length, as_document=as_document)
    if stored.kind != wanted:
        raise NotSendable(WRONG_KINDS[wanted])

    async def work(tx: Transaction) -> str:
        public_id = await _add_row(tx, stored, filename, desk.user.id, desk.real_now)
        await desk.note(tx, "rule.file_added", f"media {public_id}", source, filename[:200])
        return public_id

    public_id = await desk.run(work)
    return _line(desk, MediaRef(address_of(public_id), stored.mime), status=201, name=filename)


async def _add_row(tx: Transaction, stored: StoredFile, filename: str, user_id: int, now: datetime) -> str:
    public_id = uuid4().hex
    file_id = await add_file(tx, stored, now)
    row = {"public_id": public_id, "file_id": file_id, "scope": Scope.RULE, "user_id": user_id, "kind": stored.kind}
    await add_ready(tx, row | {"filename": filename[:255], "mime": stored.mime}, now)
    return public_id


def _line(
    desk: RuleDesk, media: MediaRef, *, status: int = 200, warning: str = "", copy_as: str = "", name: str = ""
) -> Response[Any]:
    """`copy_as` is the kind that a copy would be kept as; empty where there is nothing to copy."""
    return desk.html(
        "rules/_media.html",
        status=status,
        media=media,
        element=f"media-{uuid4().hex[:8]}",
        warning=warning,
        copy_as=copy_as,
        shown_name=name,
    )


async def _address(request: AnyRequest) -> str:
    url = str((await request.form()).get("new_media") or "").strip()
    if not ADDRESS.fullmatch(url) or len(url) > 2000:
        raise Invalid({"media": BAD_ADDRESS})
    return url


def _kind(request: AnyRequest) -> str:
    kind = request.query_params.get("tipo", "")
    return kind if kind in MEDIA_KINDS else "document"


async def _pieces(request: AnyRequest) -> AsyncIterator[bytes]:
    async for piece in request.stream():
        if piece:
            yield piece
