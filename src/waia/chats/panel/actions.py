"""What agents write in the panel, and what they decide about sends that failed. All for chats they may see."""

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Request, Response, delete, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from waia.chats import send
from waia.chats.access import find_chat
from waia.chats.attachments import drafts_to_send
from waia.chats.drafts import Draft, clear
from waia.chats.panel import repository
from waia.chats.panel.composing import LARGEST_FORM, MessageForm, parts_of, read_message, sign
from waia.chats.panel.desk import Desk
from waia.chats.panel.drafting import DRAFT_VERSION
from waia.chats.panel.replies import parts_of_reply
from waia.kit.db import Transaction
from waia.kit.errors import Conflict, Invalid
from waia.media.values import Attachment

AnyRequest = Request[Any, Any, Any]


@post("/chats/{chat_id:int}/mensajes", status_code=200, request_max_body_size=LARGEST_FORM)
async def send_message(request: AnyRequest, desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    """A repeat of the same `client_id` answers with the same bubbles."""
    form = await read_message(request)
    try:
        message_ids, left = await desk.database.run(lambda tx: _send(tx, desk, chat_id, form))
    except (Invalid, Conflict) as error:
        return await desk.answer_refused(chat_id, form, error)
    headers = {DRAFT_VERSION: str(left.version)} if left and not left.text else {}
    return await desk.answer(chat_id, *message_ids, headers=headers)


async def _send(tx: Transaction, desk: Desk, chat_id: int, form: MessageForm) -> tuple[list[int], Draft | None]:
    """The messages' ids, and what is left of the draft that the text was."""
    chat = await find_chat(tx, desk.user, chat_id, desk.without_role)
    form.check()
    quoted_wamid = await _quoted(tx, chat_id, form.quoted_id)
    written = send.Written(form.client_id, quoted_wamid, desk.now, desk.real_now, desk.resume_hours)
    ids = await send.already_sent(tx, desk.user, written)
    if not ids:
        files = await drafts_to_send(tx, desk.user.id, chat_id, form.archivos) if form.archivos else []
        parts = await _parts(tx, desk, sign(form, desk.signature), files)
        ids = await send.send_parts(tx, chat, desk.user, parts, written)
    if (seen := form.draft_version) is None:
        return ids, None
    return ids, await clear(tx, desk.user.id, chat_id, form.text, seen, desk.real_now, form.guardados.split())


async def _parts(tx: Transaction, desk: Desk, form: MessageForm, drafts: Sequence[Attachment]) -> list[send.Part]:
    """A quick reply's files carry the text; what the agent attached follows."""
    if form.quick_reply_id is None:
        return parts_of(form, drafts)
    prepared = await parts_of_reply(tx, desk.user, form.quick_reply_id, form.text, desk.settings.own_address)
    return [*prepared, *parts_of(msgspec.structs.replace(form, texto=""), drafts)]


async def _quoted(tx: Transaction, chat_id: int, message_id: int | None) -> str | None:
    if message_id is None:
        return None
    quoted = await repository.message_of(tx, message_id)
    return quoted.wamid if quoted is not None and quoted.chat_id == chat_id else None


@post("/mensajes/{message_id:int}/reintento", status_code=200)
async def retry(desk: Given[Desk], message_id: FromPath[int]) -> Response[Any]:
    return await desk.change_message(
        message_id, lambda tx, chat: send.retry(tx, chat, message_id, desk.now, desk.real_now), "message.retry"
    )


@post("/mensajes/{message_id:int}/archivo", status_code=200)
async def fetch_file(desk: Given[Desk], message_id: FromPath[int]) -> Response[Any]:
    """Ask Meta once more for a file that did not come."""
    return await desk.change_message(
        message_id, lambda tx, chat: send.fetch_again(tx, chat, message_id, desk.real_now), "message.fetch"
    )


@post("/mensajes/{message_id:int}/reenvio", status_code=200)
async def resend(desk: Given[Desk], message_id: FromPath[int]) -> Response[Any]:
    return await desk.change_message(
        message_id, lambda tx, chat: send.resend(tx, chat, message_id, desk.now, desk.real_now), "message.resend"
    )


@delete("/mensajes/{message_id:int}/envio", status_code=200)
async def discard(desk: Given[Desk], message_id: FromPath[int]) -> Response[Any]:
    return await desk.change_message(message_id, lambda tx, chat: send.discard(tx, chat, message_id), "message.discard")
