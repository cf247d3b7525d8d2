"""Opening a chat with a number: the first message to somebody who has not written is a template."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency as Given
from litestar.params import FromQuery
from litestar.response import Redirect

from waia.accounts import audit
from waia.accounts.forms import LARGEST_FORM, read_form
from waia.chats.access import sight_of
from waia.chats.opening import open_chat
from waia.chats.panel.asked import LONGEST_WORDS
from waia.chats.panel.desk import Desk
from waia.chats.panel.finding import find_people
from waia.kit.db import Transaction
from waia.kit.errors import Denied, Invalid
from waia.kit.i18n import N_
from waia.kit.security import client_address

AnyRequest = Request[Any, Any, Any]
NO_NUMBER_OF_OURS = N_("Falta el número de la empresa: quien administra waia lo escribe en PHONE_NUMBER_ID.")


class NewChatForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`numero` is the customer's; `desde` which of our numbers writes (its id at Meta)."""

    numero: str = ""
    desde: str = ""


@get("/chats/nuevo")
async def show_new_chat(desk: Given[Desk]) -> Response[Any]:
    return _answer(desk, NewChatForm())


@get("/chats/nuevo/contactos")
async def show_known(desk: Given[Desk], numero: FromQuery[str] = "") -> Response[Any]:
    """The chats that are there already with people of that name or number."""
    async with desk.database.reading() as tx:
        sight = await sight_of(tx, desk.user, desk.without_role)
        rows = await find_people(tx, sight, numero[:LONGEST_WORDS])
    return desk.page.html("chats/_known.html", rows=rows)


@post("/chats/nuevo", status_code=200, request_max_body_size=LARGEST_FORM)
async def open_new_chat(request: AnyRequest, desk: Given[Desk]) -> Response[Any]:
    """Leads to the chat: the one that is there, or a new one."""
    form = await read_form(request, NewChatForm)
    try:
        chat_id = await desk.database.run(lambda tx: _open(tx, desk, form))
    except (Invalid, Denied) as error:
        return _answer(desk, form, error.message, error.status)
    address = f"/chats/{chat_id}#plantillas"
    if "hx-request" in request.headers:
        return Response(b"", headers={"hx-redirect": address})
    return Redirect(address, status_code=303)


async def _open(tx: Transaction, desk: Desk, form: NewChatForm) -> int:
    numbers = desk.settings.phone_number_ids
    ours = form.desde or (numbers[0] if numbers else "")
    if ours not in numbers:
        raise Invalid({"desde": NO_NUMBER_OF_OURS})
    chat_id = await open_chat(tx, desk.user, ours, form.numero[:40], desk.now, desk.without_role)
    address = client_address(desk.request.scope, desk.settings.trusted_proxies)
    await audit.record(tx, desk.user, "chat.open", subject=f"chat {chat_id}", address=address, now=desk.real_now)
    return chat_id


def _answer(desk: Desk, form: NewChatForm, error: str = "", status: int = 200) -> Response[Any]:
    context: dict[str, Any] = {"form": form, "error": error, "numbers": desk.settings.phone_number_ids}
    whole = "hx-request" not in desk.request.headers
    template = "chats/new_chat_page.html" if whole else "chats/_new_chat.html"
    return desk.page.html(template, status=status, **context)
