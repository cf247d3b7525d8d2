"""What agents do in the panel: write, retry, take a chat, give it back, close it. All for chats they may see."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Request, Response, delete, post, put
from litestar.di import NamedDependency as Given
from litestar.params import FromPath
from litestar.response import Redirect

from waia.accounts.forms import read_form
from waia.accounts.signed_in import SignedIn
from waia.chats import management, send
from waia.chats.access import find_chat
from waia.chats.panel import presenters, repository, timeline
from waia.chats.panel.composing import LARGEST_FORM, MessageForm, kept_composer
from waia.chats.record import ChatRecord
from waia.kit.clock import Clock
from waia.kit.db import Database, Transaction
from waia.kit.errors import Conflict, Invalid, NotFound, WaiaError
from waia.kit.render import Page
from waia.rules.book import Rules
from waia.settings import Settings
from waia.whatsapp.content import Text

AnyRequest = Request[Any, Any, Any]
Act = Callable[[Transaction, ChatRecord], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Desk:
    """What every action needs: who acts, on what, and when."""

    request: AnyRequest
    page: Page
    database: Database
    user: SignedIn
    settings: Settings
    now: datetime
    real_now: datetime
    without_role: str
    resume_hours: float
    read_receipts: bool

    async def change(self, chat_id: int, act: Act) -> Response[Any]:
        """Do it to the chat, and answer with its holder strip as it is now."""

        async def work(tx: Transaction) -> None:
            await act(tx, await find_chat(tx, self.user, chat_id, self.without_role))

        await self.database.run(work)
        return await self.answer(chat_id)

    async def change_message(self, message_id: int, act: Act) -> Response[Any]:
        """The same for a message; whose it is, is looked up first."""

        async def work(tx: Transaction) -> int:
            message = await repository.message_of(tx, message_id)
            if message is None:
                raise NotFound
            await act(tx, await find_chat(tx, self.user, message.chat_id, self.without_role))
            return int(message.chat_id)

        return await self.answer(await self.database.run(work), message_id)

    async def answer(self, chat_id: int, message_id: int | None = None) -> Response[Any]:
        """To htmx the fragments that changed; to a plain form the page."""
        if "hx-request" not in self.request.headers:
            return Redirect(f"/chats/{chat_id}", status_code=303)
        ids = () if message_id is None else (message_id,)
        async with self.database.reading() as tx:
            strip = await presenters.holder_strip(tx, chat_id)
            bubbles = await timeline.bubbles(tx, chat_id, ids, self.settings.timezone)
        return self.page.html(
            "chats/answers/acted.html",
            strip=strip,
            bubbles=bubbles,
            chat_id=chat_id,
            is_admin=self.user.is_admin,
        )

    async def answer_refused(self, chat_id: int, form: MessageForm, error: WaiaError) -> Response[Any]:
        """The composer as it was sent, with the reason; without a script the same in a page of its own."""
        async with self.database.reading() as tx:
            strip = await presenters.holder_strip(tx, chat_id)
        if strip is None:
            raise NotFound
        composer = kept_composer(strip, form, error.message, self.now)
        whole = "hx-request" not in self.request.headers
        template = "chats/composer_page.html" if whole else "chats/_composer.html"
        return self.page.html(template, status=error.status, composer=composer)


async def provide_desk(
    request: AnyRequest,
    page: Given[Page],
    database: Given[Database],
    user: Given[SignedIn],
    settings: Given[Settings],
    clock: Given[Clock],
    rules: Given[Rules],
) -> Desk:
    flow = await rules.book(clock.real())
    return Desk(
        request=request,
        page=page,
        database=database,
        user=user,
        settings=settings,
        now=clock.business(),
        real_now=clock.real(),
        without_role=flow.chats_without_role,
        resume_hours=flow.values.bot_resume_hours,
        read_receipts=flow.values.read_receipts,
    )


@post("/chats/{chat_id:int}/mensajes", status_code=200, request_max_body_size=LARGEST_FORM)
async def send_message(request: AnyRequest, desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    """A repeat of the same `client_id` answers with the same bubble."""
    form = await read_form(request, MessageForm)
    try:
        message_id = await desk.database.run(lambda tx: _send(tx, desk, chat_id, form))
    except (Invalid, Conflict) as error:
        return await desk.answer_refused(chat_id, form, error)
    return await desk.answer(chat_id, message_id)


async def _send(tx: Transaction, desk: Desk, chat_id: int, form: MessageForm) -> int:
    chat = await find_chat(tx, desk.user, chat_id, desk.without_role)
    return await send.send_as_agent(
        tx,
        chat=chat,
        user=desk.user,
        content=Text(form.text()),
        client_id=form.client_id,
        quoted_wamid=await _quoted(tx, chat_id, form.quoted_id),
        now=desk.now,
        real_now=desk.real_now,
        resume_hours=desk.resume_hours,
    )


async def _quoted(tx: Transaction, chat_id: int, message_id: int | None) -> str | None:
    if message_id is None:
        return None
    quoted = await repository.message_of(tx, message_id)
    return quoted.wamid if quoted is not None and quoted.chat_id == chat_id else None


@put("/chats/{chat_id:int}/atencion")
async def take(desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    return await desk.change(
        chat_id, lambda tx, chat: management.take(tx, chat, desk.user, desk.now, desk.resume_hours)
    )


@delete("/chats/{chat_id:int}/atencion", status_code=200)
async def give_back(desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    return await desk.change(chat_id, lambda tx, chat: management.give_back(tx, chat, desk.user, desk.now))


@post("/chats/{chat_id:int}/cola", status_code=200)
async def to_queue(desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    return await desk.change(
        chat_id, lambda tx, chat: management.to_queue(tx, chat, desk.user, desk.now, desk.resume_hours)
    )


@post("/chats/{chat_id:int}/cierre", status_code=200)
async def close(desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    return await desk.change(chat_id, lambda tx, chat: management.close(tx, chat, desk.user, desk.now))


@delete("/chats/{chat_id:int}/cierre", status_code=200)
async def reopen(desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    return await desk.change(chat_id, lambda tx, chat: management.reopen(tx, chat, desk.user, desk.now))


@post("/chats/{chat_id:int}/sin-respuesta", status_code=200)
async def needs_no_answer(desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    return await desk.change(chat_id, lambda tx, chat: management.needs_no_answer(tx, chat, desk.user, desk.now))


@post("/chats/{chat_id:int}/lectura", status_code=200)
async def mark_read(desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    receipts = desk.read_receipts
    return await desk.change(
        chat_id,
        lambda tx, chat: management.mark_read(tx, chat, desk.user, desk.real_now, receipts=receipts),
    )


@post("/mensajes/{message_id:int}/reintento", status_code=200)
async def retry(desk: Given[Desk], message_id: FromPath[int]) -> Response[Any]:
    return await desk.change_message(
        message_id, lambda tx, chat: send.retry(tx, chat, message_id, desk.now, desk.real_now)
    )


@post("/mensajes/{message_id:int}/reenvio", status_code=200)
async def resend(desk: Given[Desk], message_id: FromPath[int]) -> Response[Any]:
    return await desk.change_message(
        message_id, lambda tx, chat: send.resend(tx, chat, message_id, desk.now, desk.real_now)
    )


@delete("/mensajes/{message_id:int}/envio", status_code=200)
async def discard(desk: Given[Desk], message_id: FromPath[int]) -> Response[Any]:
    return await desk.change_message(message_id, lambda tx, chat: send.discard(tx, chat, message_id))
