"""`/configuracion/botones`: quick replies in a table that is edited in place. Agents have their own private ones."""

from typing import Any

from litestar import Response, delete, get, post, put
from litestar.di import NamedDependency as Given
from litestar.params import FromPath, FromQuery

from waia.accounts.forms import read_form
from waia.accounts.guards import require_admin
from waia.accounts.office import Office
from waia.accounts.staff_repository import roles_by_name
from waia.bot.placeholders import answer_key, fill
from waia.kit.db import Transaction
from waia.kit.errors import Invalid
from waia.kit.overtaken import Overtaken
from waia.quick_replies import editing
from waia.quick_replies import repository as rows
from waia.quick_replies.forms import LARGEST_FORM, SAMPLE_NAME, OrderForm, ReplyForm, blank_form, form_of
from waia.quick_replies.listing import PAGE, Asked, asked_of, listed
from waia.quick_replies.values import ReplyLine

ROW, FORM = "quick_replies/_row.html", "quick_replies/_row_form.html"


@get([PAGE, "/botones"])
async def show_replies_page(office: Given[Office]) -> Response[str]:
    return office.page.html("quick_replies/page.html", **await _shown(office, asked_of(office.request.url.query)))


@get("/configuracion/botones/nuevo")
async def show_new_reply(office: Given[Office]) -> Response[Any]:
    return office.answer(FORM, PAGE, **await _form(office, blank_form(office.user.is_admin), None, errors={}))


@get("/configuracion/botones/{reply_id:int}")
async def show_reply(office: Given[Office], reply_id: FromPath[int]) -> Response[Any]:
    """The row as it is: what Esc goes back to."""
    return office.answer(ROW, PAGE, **await _row(office, reply_id))


@get("/configuracion/botones/{reply_id:int}/edicion")
async def show_reply_form(office: Given[Office], reply_id: FromPath[int]) -> Response[Any]:
    async with office.accounts.database.reading() as tx:
        line = await editing.changeable(tx, office.by, reply_id)
    return office.answer(FORM, PAGE, **await _form(office, form_of(line), line, errors={}))


@post("/configuracion/botones", status_code=200, request_max_body_size=LARGEST_FORM)
async def add_reply(office: Given[Office]) -> Response[Any]:
    form = await read_form(office.request, ReplyForm)

    async def work(tx: Transaction) -> int:
        return await editing.create(tx, office.by, form.content)

    try:
        reply_id = await office.run(work)
    except Invalid as error:
        return office.page.html(FORM, status=422, **await _form(office, form, None, errors=error.errors))
    return office.answer("quick_replies/added.html", PAGE, **await _row(office, reply_id))


@put("/configuracion/botones/{reply_id:int}", request_max_body_size=LARGEST_FORM)
async def change_reply(office: Given[Office], reply_id: FromPath[int]) -> Response[Any]:
    form = await read_form(office.request, ReplyForm)

    async def work(tx: Transaction) -> None:
        await editing.change(tx, office.by, reply_id, form.content, form.seen)

    try:
        await office.run(work)
    except Invalid as error:
        line = await _line(office, reply_id)
        return office.page.html(FORM, status=422, **await _form(office, form, line, errors=error.errors))
    except Overtaken as error:
        return office.overtaken(FORM, error, **await _form(office, form, await _line(office, reply_id)))
    return office.answer(ROW, PAGE, **await _row(office, reply_id))


@delete("/configuracion/botones/{reply_id:int}", status_code=200)
async def remove_reply(office: Given[Office], reply_id: FromPath[int]) -> Response[Any]:
    """Gone from the table at once; the notice offers to take it back."""

    async def work(tx: Transaction) -> ReplyLine:
        return await editing.delete(tx, office.by, reply_id)

    line = await office.run(work)
    return office.answer("quick_replies/removed.html", PAGE, reply=line)


@post("/configuracion/botones/{reply_id:int}/vuelta", status_code=200, request_max_body_size=LARGEST_FORM)
async def restore_reply(office: Given[Office], reply_id: FromPath[int]) -> Response[Any]:
    await office.run(lambda tx: editing.restore(tx, office.by, reply_id))
    return await _table(office, restored=reply_id)


@post("/configuracion/botones/orden", guards=[require_admin], status_code=200, request_max_body_size=LARGEST_FORM)
async def order_replies(office: Given[Office]) -> Response[Any]:
    form = await read_form(office.request, OrderForm)

    async def work(tx: Transaction) -> None:
        if form.place is None:
            await editing.order(tx, office.by, form.wanted)
        else:
            await editing.put_at(tx, office.by, form.wanted[0] if form.wanted else 0, form.place)

    await office.run(work)
    return await _table(office)


@post("/configuracion/botones/vista", status_code=200, request_max_body_size=LARGEST_FORM)
async def preview_reply(office: Given[Office], fila: FromQuery[str] = "new") -> Response[Any]:
    """As a customer with this name would read it; `fila` is the row whose preview it is."""
    form = await read_form(office.request, ReplyForm)
    text = fill(form.content.text, {editing.NAME: SAMPLE_NAME})
    return office.page.html("quick_replies/_preview.html", text=text, files=form.content.files, key=fila[:12])


async def _table(office: Office, restored: int | None = None) -> Response[Any]:
    """The table anew, as it is looked at: with the same words, from the same row on."""
    asked = asked_of(office.request.headers.get("hx-current-url", "").partition("#")[0].partition("?")[2])
    return office.answer("quick_replies/ordered.html", PAGE, **await _shown(office, asked), restored=restored)


async def _shown(office: Office, asked: Asked) -> dict[str, Any]:
    async with office.accounts.database.reading() as tx:
        found = await listed(tx, office.user, asked)
        names = {role.id: role.name for role in await roles_by_name(tx)}
    return {"listed": found, "asked": asked, "replies": found.lines, "role_names": names}


async def _line(office: Office, reply_id: int) -> ReplyLine:
    async with office.accounts.database.reading() as tx:
        return await editing.reply_line(tx, office.user, reply_id)


async def _row(office: Office, reply_id: int) -> dict[str, Any]:
    line = await _line(office, reply_id)
    async with office.accounts.database.reading() as tx:
        names = {role.id: role.name for role in await roles_by_name(tx)}
    return {"reply": line, "role_names": names}


async def _form(office: Office, form: ReplyForm, line: ReplyLine | None, **more: dict[str, str]) -> dict[str, Any]:
    async with office.accounts.database.reading() as tx:
        choices, names = await roles_by_name(tx), await rows.captured_names(tx)
    text = fill(form.content.text, {editing.NAME: SAMPLE_NAME})
    shown = {"key": line.id if line else "new", "text": text, "files": form.files, "choices": choices}
    return {"reply": line, "form": form, "known_names": _distinct([editing.NAME, *names]), **shown, **more}


def _distinct(names: list[str]) -> list[str]:
    """Names that are the same to the bot stand once."""
    return list({answer_key(name): name for name in reversed(names)}.values())[::-1]
