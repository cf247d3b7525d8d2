"""Building a list or a button message: the form in a dialog, how the customer will see it, and sending it."""

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
from waia.chats.panel import menu_form
from waia.chats.panel.bubble import Choice
from waia.chats.panel.bubble import Menu as ShownMenu
from waia.chats.panel.composing import LARGEST_FORM, TORN, is_client_id
from waia.chats.panel.desk import Desk
from waia.chats.panel.menu_form import Menu, MenuForm, menu_of, read_menu
from waia.chats.panel.whatsapp_text import Piece, pieces
from waia.chats.signing import added_by, signed
from waia.kit.db import Transaction
from waia.kit.errors import Conflict, Invalid
from waia.kit.i18n import translator
from waia.whatsapp import limits
from waia.whatsapp.content import Buttons

AnyRequest = Request[Any, Any, Any]
CLIENT_ID, DO = "client_id", "hacer"
LIMITS = {
    "header": limits.HEADER, "footer": limits.FOOTER, "button": limits.BUTTON_TITLE, "label": limits.LABEL,
    "section": limits.SECTION_TITLE, "title": limits.ROW_TITLE, "description": limits.ROW_DESCRIPTION,
    "rows": limits.ROWS, "sections": limits.SECTIONS, "buttons": limits.BODY, "list": limits.LIST_BODY,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Preview:
    """`troubles`: what Meta would refuse of what is typed so far."""

    pieces: tuple[Piece, ...]
    menu: ShownMenu
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Builder:
    chat_id: int
    client_id: str
    form: MenuForm
    preview: Preview
    signature: str
    is_open: bool = True
    errors: Mapping[str, str] = field(default_factory=dict)
    error: str = ""

    @property
    def body_limits(self) -> Mapping[str, int]:
        """By kind, what is left of Meta's for the agent's own words."""
        most = {menu_form.BUTTON_KIND: limits.BODY, menu_form.LIST_KIND: limits.LIST_BODY}
        return {kind: limit - added_by(self.signature) for kind, limit in most.items()}


@get("/chats/{chat_id:int}/opciones")
async def show_builder(desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    return await _answer(desk, chat_id, read_menu({}))


@post("/chats/{chat_id:int}/opciones/forma", status_code=200, request_max_body_size=LARGEST_FORM)
async def reshape(request: AnyRequest, desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    """The form with a row or a section more or less. Nothing is kept."""
    form, told = await _read(request)
    return await _answer(desk, chat_id, _reshaped(form, told.get(DO, "")), told.get(CLIENT_ID, ""))


@post("/chats/{chat_id:int}/opciones/vista", status_code=200, request_max_body_size=LARGEST_FORM)
async def preview_menu(request: AnyRequest, desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    """How it will look with what is typed so far."""
    form, _ = await _read(request)
    await _check_chat(desk, chat_id)
    return desk.page.html("chats/_menu_preview.html", preview=_preview(desk, form))


@post("/chats/{chat_id:int}/opciones", status_code=200, request_max_body_size=LARGEST_FORM)
async def send_menu(request: AnyRequest, desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    """A repeat of the same `client_id` sends nothing more. What Meta would refuse comes back beside its field (422)."""
    form, told = await _read(request)
    client_id = told.get(CLIENT_ID, "")
    if not is_client_id(client_id):
        return await _answer(desk, chat_id, form, error=TORN, status=Invalid.status)
    menu = menu_of(form, client_id, lambda text: signed(text, desk.signature))
    errors = menu_form.errors_in(form, menu, translator(desk.page.language).gettext)
    if errors:
        return await _answer(desk, chat_id, form, client_id, errors=errors, status=Invalid.status)
    try:
        message_id = await desk.database.run(lambda tx: _send(tx, desk, chat_id, menu, client_id))
    except (Invalid, Conflict) as refusal:
        return await _answer(desk, chat_id, form, client_id, error=refusal.message, status=refusal.status)
    return await desk.answer(chat_id, message_id)


async def _send(tx: Transaction, desk: Desk, chat_id: int, menu: Menu, client_id: str) -> int:
    chat = await find_chat(tx, desk.user, chat_id, desk.without_role)
    written = send.Written(client_id, None, desk.now, desk.real_now, desk.resume_hours)
    return (await send.send_parts(tx, chat, desk.user, [send.Part(menu)], written))[0]


async def _read(request: AnyRequest) -> tuple[MenuForm, dict[str, str]]:
    """The form, and the fields that say what to do with it. Raises Invalid for anything that it does not have."""
    sent = dict((await request.form()).multi_items())
    sent.pop(FIELD, None)
    told = {name: sent.pop(name) for name in (CLIENT_ID, DO) if name in sent}
    try:
        if not all(isinstance(value, str) for value in (*sent.values(), *told.values())):
            raise ValueError
        return read_menu(sent), told
    except ValueError:
        raise Invalid({CLIENT_ID: TORN}) from None


def _reshaped(form: MenuForm, wish: str) -> MenuForm:
    """`fila.0` adds a row to the first section, `quitar.0.2` takes its third, `seccion` adds one."""
    verb, *places = wish.split(".")
    numbers = [int(place) for place in places if place.isascii() and place.isdigit()]
    match verb, numbers:
        case "fila", [section]:
            return menu_form.with_row(form, section)
        case "quitar", [section, row]:
            return menu_form.without_row(form, section, row)
        case "seccion", []:
            return menu_form.with_section(form)
        case _:
            return form


def _preview(desk: Desk, form: MenuForm) -> Preview:
    menu = menu_of(form, sign=lambda text: signed(text, desk.signature))
    troubles = menu_form.troubles(menu, translator(desk.page.language).gettext)
    if isinstance(menu, Buttons):
        choices = tuple(Choice(button.title) for button in menu.buttons)
        return Preview(pieces(menu.body), ShownMenu(choices, "", menu.header.text, menu.footer), troubles)
    rows = tuple(
        Choice(row.title, row.description, section="" if place else section.title)
        for section in menu.sections
        for place, row in enumerate(section.rows)
    )
    return Preview(pieces(menu.body), ShownMenu(rows, menu.button, menu.header, menu.footer), troubles)


async def _check_chat(desk: Desk, chat_id: int) -> bool:
    """Whether anything but a template may be sent. Raises NotFound."""
    async with desk.database.reading() as tx:
        return (await find_chat(tx, desk.user, chat_id, desk.without_role)).window_is_open(desk.now)


async def _answer(
    desk: Desk,
    chat_id: int,
    form: MenuForm,
    client_id: str = "",
    *,
    errors: Mapping[str, str] | None = None,
    error: str = "",
    status: int = 200,
) -> Response[Any]:
    """A fragment for the dialog; without a script the same in a page of its own."""
    is_open = await _check_chat(desk, chat_id)
    own_id = client_id if is_client_id(client_id) else str(uuid4())
    general = error or (errors or {}).get("", "")
    builder = Builder(chat_id, own_id, form, _preview(desk, form), desk.signature, is_open, errors or {}, general)
    whole = "hx-request" not in desk.request.headers
    template = "chats/menu_page.html" if whole else "chats/_menu_builder.html"
    return desk.page.html(template, status=status, builder=builder, limits=LIMITS)
