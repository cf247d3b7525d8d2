"""Closing a chat, with a last message to the customer where Meta still takes one."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from litestar import Request, Response, get, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from waia.accounts.forms import read_form
from waia.chats import management, send
from waia.chats.access import may_see
from waia.chats.management import Refused
from waia.chats.panel import card, presenters
from waia.chats.panel.composing import LARGEST_FORM, MessageForm
from waia.chats.panel.desk import Desk
from waia.chats.record import ChatRecord
from waia.kit.db import Transaction
from waia.kit.errors import Conflict, Invalid, NotFound
from waia.whatsapp.content import Text

AnyRequest = Request[Any, Any, Any]


@get("/chats/{chat_id:int}/cierre")
async def show_close(desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    """The dialog that asks for a last message."""
    return await _dialog(desk, chat_id, MessageForm(client_id=str(uuid4())))


@post("/chats/{chat_id:int}/cierre", status_code=200, request_max_body_size=LARGEST_FORM)
async def close(request: AnyRequest, desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    """Without a text it is only closed."""
    form = await read_form(request, MessageForm)

    async def act(tx: Transaction, chats: Sequence[ChatRecord]) -> Refused:
        if form.texto.strip():
            await _say_goodbye(tx, desk, chats[0], form)
        return await management.close(tx, chats, desk.now)

    try:
        return await desk.change(chat_id, act, "chat.close", {"with_text": bool(form.texto.strip())})
    except (Invalid, Conflict) as error:
        return await _dialog(desk, chat_id, form, error)


async def _say_goodbye(tx: Transaction, desk: Desk, chat: ChatRecord, form: MessageForm) -> None:
    form.check()
    await send.send_as_agent(
        tx,
        chat=chat,
        user=desk.user,
        content=Text(form.text),
        client_id=form.client_id,
        quoted_wamid=None,
        now=desk.now,
        real_now=desk.real_now,
        resume_hours=desk.resume_hours,
    )


async def _dialog(
    desk: Desk, chat_id: int, form: MessageForm, error: Invalid | Conflict | None = None
) -> Response[Any]:
    async with desk.database.reading() as tx:
        if not await may_see(tx, desk.user, chat_id, desk.without_role):
            raise NotFound
        strip = await presenters.holder_strip(tx, chat_id)
    assert strip is not None
    return desk.page.html(
        "chats/_close.html",
        status=error.status if error else 200,
        chat_id=chat_id,
        may_write=card.window_is_open(strip, desk.now),
        form=form,
        error=error.message if error else "",
    )
