"""Who answers a chat and how it stands: take, give back, queue, close, archive, read. All for chats one may see."""

from typing import Any

import msgspec
from litestar import Request, Response, delete, post, put
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from waia.accounts.forms import read_form
from waia.chats import management
from waia.chats.panel.desk import Desk

AnyRequest = Request[Any, Any, Any]
LEAVE = {"HX-Trigger": "waia:leave"}


class TakeForm(msgspec.Struct, frozen=True):
    """`dueno`: whom the page showed as the owner, empty for nobody."""

    dueno: str = ""

    @property
    def owner_id(self) -> int | None:
        return int(self.dueno) if self.dueno.isascii() and self.dueno.isdigit() and len(self.dueno) < 19 else None


@put("/chats/{chat_id:int}/atencion")
async def take(request: AnyRequest, desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    """Of two who take at once, one wins and the other is told who."""
    seen = (await read_form(request, TakeForm)).owner_id
    return await desk.change(
        chat_id,
        lambda tx, chats: management.take(tx, chats, desk.user, desk.now, desk.resume_hours, from_owner=seen),
        "chat.take",
    )


@delete("/chats/{chat_id:int}/atencion", status_code=200)
async def give_back(desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    return await desk.change(chat_id, lambda tx, chats: management.give_back(tx, chats, desk.now), "chat.give_back")


@post("/chats/{chat_id:int}/cola", status_code=200)
async def to_queue(desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    return await desk.change(
        chat_id, lambda tx, chats: management.to_queue(tx, chats, desk.now, desk.resume_hours), "chat.queue"
    )


@delete("/chats/{chat_id:int}/cierre", status_code=200)
async def reopen(desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    return await desk.change(chat_id, lambda tx, chats: management.reopen(tx, chats, desk.now), "chat.reopen")


@put("/chats/{chat_id:int}/archivo")
async def archive(desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    return await desk.change(
        chat_id,
        lambda tx, chats: management.archive(tx, chats, desk.now, desk.real_now, desk.without_role),
        "chat.archive",
        headers=LEAVE,
    )


@delete("/chats/{chat_id:int}/archivo", status_code=200)
async def unarchive(desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    return await desk.change(chat_id, lambda tx, chats: management.unarchive(tx, chats, desk.now), "chat.unarchive")


@post("/chats/{chat_id:int}/sin-respuesta", status_code=200)
async def needs_no_answer(desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    return await desk.change(chat_id, management.needs_no_answer, "chat.no_answer")


@post("/chats/{chat_id:int}/lectura", status_code=200)
async def mark_read(desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    receipts = desk.read_receipts
    return await desk.change(
        chat_id, lambda tx, chats: management.mark_read(tx, chats, desk.real_now, receipts=receipts)
    )


@delete("/chats/{chat_id:int}/lectura", status_code=200)
async def mark_unread(desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    """The page leaves the chat: in sight it would be read again at once."""
    return await desk.change(chat_id, management.mark_unread, "chat.unread", headers=LEAVE)
