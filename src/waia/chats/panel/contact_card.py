"""The card beside a conversation: who the contact is, and what agents may correct there."""

from typing import Any

import msgspec
from litestar import Request, Response, delete, get, put
from litestar.di import NamedDependency as Given
from litestar.params import FromPath
from litestar.response import Redirect

from waia.accounts.forms import LARGEST_FORM, read_form
from waia.chats import contact_facts
from waia.chats.access import find_chat, may_see
from waia.chats.panel import card
from waia.chats.panel.desk import Desk
from waia.kit.db import Transaction
from waia.kit.errors import Invalid, NotFound

AnyRequest = Request[Any, Any, Any]


class AliasForm(msgspec.Struct, frozen=True):
    alias: str = ""


class AnswerForm(msgspec.Struct, frozen=True):
    """`nombre`: the name that the answer is kept under."""

    nombre: str = ""
    valor: str = ""


@get("/chats/{chat_id:int}/ficha")
async def show_card(desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    async with desk.database.reading() as tx:
        if not await may_see(tx, desk.user, chat_id, desk.without_role):
            raise NotFound
    return await _card(desk, chat_id)


@put("/chats/{chat_id:int}/alias", request_max_body_size=LARGEST_FORM)
async def set_alias(request: AnyRequest, desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    form = await read_form(request, AliasForm)
    try:
        return await desk.change(
            chat_id,
            lambda tx, chats: contact_facts.set_alias(tx, chats[0], form.alias),
            "chat.alias",
            {"alias": form.alias[:200]},
            card=True,
        )
    except Invalid as error:
        return await _card(desk, chat_id, alias=form.alias, error=error)


@put("/chats/{chat_id:int}/roles/{role_id:int}")
async def add_role(desk: Given[Desk], chat_id: FromPath[int], role_id: FromPath[int]) -> Response[Any]:
    return await desk.change(
        chat_id,
        lambda tx, chats: contact_facts.add_role(tx, chats, role_id),
        "chat.role_added",
        {"role": role_id},
        card=True,
    )


@delete("/chats/{chat_id:int}/roles/{role_id:int}", status_code=200)
async def remove_role(desk: Given[Desk], chat_id: FromPath[int], role_id: FromPath[int]) -> Response[Any]:
    return await desk.change(
        chat_id,
        lambda tx, chats: contact_facts.remove_role(tx, chats, role_id),
        "chat.role_removed",
        {"role": role_id},
        card=True,
    )


@put("/chats/{chat_id:int}/datos", request_max_body_size=LARGEST_FORM)
async def correct_answer(request: AnyRequest, desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    """What the bot noted of the customer; the trail keeps what it was."""
    form = await read_form(request, AnswerForm)

    async def work(tx: Transaction) -> None:
        chat = await find_chat(tx, desk.user, chat_id, desk.without_role)
        before = await contact_facts.correct_answer(tx, chat, form.nombre, form.valor, desk.now)
        told = {"name": form.nombre, "before": before, "after": form.valor.strip()}
        await desk.note(tx, "chat.answer_corrected", f"chat {chat_id}", told)

    try:
        await desk.database.run(work)
    except Invalid as error:
        return await _card(desk, chat_id, name=form.nombre, value=form.valor, error=error)
    return await _card(desk, chat_id)


async def _card(
    desk: Desk, chat_id: int, *, error: Invalid | None = None, alias: str | None = None, name: str = "", value: str = ""
) -> Response[Any]:
    """With `error` the form that was refused is open, as it was sent."""
    if "hx-request" not in desk.request.headers and error is None:
        return Redirect(f"/chats/{chat_id}?ficha=1", status_code=303)
    async with desk.database.reading() as tx:
        shown = await card.card(tx, chat_id, desk.now)
    if shown is None:
        raise NotFound
    edited = card.Edited(error.message if error else "", alias, name, value)
    return desk.page.html("chats/_facts.html", status=error.status if error else 200, card=shown, edited=edited)
