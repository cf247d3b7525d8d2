"""Sending a place or a contact card: the form in a dialog, how the customer will see it, and sending it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from litestar import Request, Response, get, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from waia.accounts.csrf import FIELD
from waia.chats import send
from waia.chats.access import find_chat
from waia.chats.outgoing import details_of
from waia.chats.panel.bubble import Extras
from waia.chats.panel.composing import LARGEST_FORM, TORN, is_client_id
from waia.chats.panel.desk import Desk
from waia.chats.panel.extras import read_extras
from waia.chats.panel.share_form import CARD, LIMITS, PLACE, Read, ShareForm, read_content, read_form
from waia.kit.db import Transaction
from waia.kit.errors import Conflict, Invalid
from waia.kit.i18n import translator
from waia.whatsapp.content import Content

AnyRequest = Request[Any, Any, Any]
CLIENT_ID = "client_id"
ADDRESSES = [f"/chats/{{chat_id:int}}/{kind}" for kind in (PLACE, CARD)]


@dataclass(frozen=True, slots=True)
class Sharing:
    """The dialog. `shown` is None while what is typed is no message yet."""

    chat_id: int
    client_id: str
    form: ShareForm
    shown: Extras | None = None
    is_open: bool = True
    errors: Mapping[str, str] = field(default_factory=dict)
    error: str = ""


@get(ADDRESSES)
async def show_sharing(desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    return await _answer(desk, chat_id, ShareForm(_kind(desk), {}), "")


@post([f"{address}/vista" for address in ADDRESSES], status_code=200, request_max_body_size=LARGEST_FORM)
async def preview_sharing(request: AnyRequest, desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    """How it will look with what is typed so far."""
    form, _ = await _read(request, desk)
    await _is_open(desk, chat_id)
    shown = _shown(read_content(form, str).content)
    return desk.page.html("chats/_share_preview.html", shown=shown, kind=form.kind)


@post(ADDRESSES, status_code=200, request_max_body_size=LARGEST_FORM)
async def send_sharing(request: AnyRequest, desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    """A repeat of the same `client_id` sends nothing more. What is wrong comes back beside its field (422)."""
    form, client_id = await _read(request, desk)
    if not is_client_id(client_id):
        return await _answer(desk, chat_id, form, "", error=TORN, status=Invalid.status)
    read = read_content(form, translator(desk.page.language).gettext)
    content = read.content
    if content is None:
        return await _answer(desk, chat_id, form, client_id, read=read, status=Invalid.status)
    try:
        message_id = await desk.database.run(lambda tx: _send(tx, desk, chat_id, content, client_id))
    except (Invalid, Conflict) as refusal:
        return await _answer(desk, chat_id, form, client_id, read=read, error=refusal.message, status=refusal.status)
    return await desk.answer(chat_id, message_id)


async def _send(tx: Transaction, desk: Desk, chat_id: int, content: Content, client_id: str) -> int:
    chat = await find_chat(tx, desk.user, chat_id, desk.without_role)
    written = send.Written(client_id, None, desk.now, desk.real_now, desk.resume_hours)
    return (await send.send_parts(tx, chat, desk.user, [send.Part(content)], written))[0]


async def _read(request: AnyRequest, desk: Desk) -> tuple[ShareForm, str]:
    """The form and its client id. Raises Invalid for anything that it does not have."""
    sent = dict((await request.form()).multi_items())
    sent.pop(FIELD, None)
    try:
        if not all(isinstance(value, str) for value in sent.values()):
            raise ValueError
        client_id = str(sent.pop(CLIENT_ID, ""))
        return read_form(_kind(desk), sent), client_id
    except ValueError:
        raise Invalid({CLIENT_ID: TORN}) from None


def _kind(desk: Desk) -> str:
    return CARD if desk.request.scope["path"].split("/")[3] == CARD else PLACE


def _shown(content: Content | None) -> Extras | None:
    """Drawn as the thread will draw it."""
    return read_extras("", details_of(content), None) if content is not None else None


async def _is_open(desk: Desk, chat_id: int) -> bool:
    """Whether anything but a template may be sent. Raises NotFound."""
    async with desk.database.reading() as tx:
        return (await find_chat(tx, desk.user, chat_id, desk.without_role)).window_is_open(desk.now)


async def _answer(
    desk: Desk,
    chat_id: int,
    form: ShareForm,
    client_id: str,
    *,
    read: Read | None = None,
    error: str = "",
    status: int = 200,
) -> Response[Any]:
    """A fragment for the dialog; without a script the same in a page of its own."""
    read = read or Read()
    is_open = await _is_open(desk, chat_id)
    own_id = client_id if is_client_id(client_id) else str(uuid4())
    sharing = Sharing(chat_id, own_id, form, _shown(read.content), is_open, read.errors, error)
    whole = "hx-request" not in desk.request.headers
    template = "chats/share_page.html" if whole else "chats/_share.html"
    return desk.page.html(template, status=status, sharing=sharing, limits=LIMITS[form.kind])
