"""Notes in a conversation: written, corrected and removed by their author, seen by everybody who may see the chat."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import msgspec
from litestar import Request, Response, delete, get, post, put
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from waia.accounts.forms import read_form
from waia.chats import notes, notes_repository
from waia.chats.access import find_chat, may_see
from waia.chats.panel.composing import LARGEST_FORM
from waia.chats.panel.desk import Desk
from waia.chats.repository import messages_of_client
from waia.kit.db import Transaction
from waia.kit.errors import Invalid, NotFound

AnyRequest = Request[Any, Any, Any]


class NoteForm(msgspec.Struct, frozen=True):
    nota: str = ""
    client_id: str = ""

    @property
    def key(self) -> str | None:
        """What makes a double click harmless, when the page sent it."""
        return f"note-{self.client_id}"[:40] if self.client_id else None


@post("/chats/{chat_id:int}/notas", status_code=200, request_max_body_size=LARGEST_FORM)
async def add_note(request: AnyRequest, desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    form = await read_form(request, NoteForm)

    async def work(tx: Transaction) -> int:
        chat = await find_chat(tx, desk.user, chat_id, desk.without_role)
        known = await messages_of_client(tx, desk.user.id, [form.key]) if form.key else []
        if known:
            return known[0]
        return await notes.add(tx, chat, desk.user, form.nota, desk.now, desk.real_now, client_id=form.key)

    try:
        message_id = await desk.database.run(work)
    except Invalid as error:
        return _form(desk, chat_id, form, error)
    return await desk.answer(chat_id, message_id)


@get("/notas/{message_id:int}/edicion")
async def show_edit(desk: Given[Desk], message_id: FromPath[int]) -> Response[Any]:
    async with desk.database.reading() as tx:
        note = await _own(tx, desk, message_id)
    return desk.page.html("chats/_note_edit.html", message_id=message_id, words=note.text, error="")


@put("/notas/{message_id:int}", request_max_body_size=LARGEST_FORM)
async def change_note(request: AnyRequest, desk: Given[Desk], message_id: FromPath[int]) -> Response[Any]:
    form = await read_form(request, NoteForm)
    try:
        return await _act(desk, message_id, lambda tx, note: notes.change(tx, note, desk.user, form.nota, desk.now))
    except Invalid as error:
        return desk.page.html(
            "chats/_note_edit.html",
            status=error.status,
            message_id=message_id,
            words=form.nota,
            error=error.message,
        )


@delete("/notas/{message_id:int}", status_code=200)
async def remove_note(desk: Given[Desk], message_id: FromPath[int]) -> Response[Any]:
    return await _act(desk, message_id, lambda tx, note: notes.remove(tx, note, desk.user, desk.now), "note.removed")


async def _act(
    desk: Desk, message_id: int, act: Callable[[Transaction, Any], Awaitable[None]], audited_as: str = "note.changed"
) -> Response[Any]:
    async def work(tx: Transaction) -> int:
        note = await _own(tx, desk, message_id)
        await act(tx, note)
        await desk.note(tx, audited_as, f"message {message_id}")
        return int(note.chat_id)

    return await desk.answer(await desk.database.run(work), message_id)


async def _own(tx: Transaction, desk: Desk, message_id: int) -> Any:
    """The note, of a chat that one may see and by oneself. Raises NotFound."""
    note = await notes_repository.note(tx, message_id)
    if note is None or note.user_id != desk.user.id:
        raise NotFound
    if not await may_see(tx, desk.user, note.chat_id, desk.without_role):
        raise NotFound
    return note


def _form(desk: Desk, chat_id: int, form: NoteForm, error: Invalid) -> Response[Any]:
    return desk.page.html(
        "chats/_note_form.html",
        status=error.status,
        chat_id=chat_id,
        note_client_id=form.client_id or str(uuid4()),
        note_words=form.nota,
        note_error=error.message,
    )
