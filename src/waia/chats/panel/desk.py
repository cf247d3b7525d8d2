"""What every action of an agent needs, and how each is answered: who acts, on what, when, noted in the trail."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Request, Response
from litestar.di import NamedDependency as Given
from litestar.response import Redirect

from waia.accounts import audit
from waia.accounts.signed_in import SignedIn
from waia.chats.access import find_chat
from waia.chats.panel import presenters, repository, timeline
from waia.chats.panel.composing import MessageForm, kept_composer, new_composer
from waia.chats.record import ChatRecord
from waia.kit.clock import Clock
from waia.kit.db import Database, Transaction
from waia.kit.errors import NotFound, WaiaError
from waia.kit.render import Page
from waia.kit.security import client_address
from waia.media.drafts_repository import drafts_in
from waia.rules.book import Rules
from waia.settings import Settings

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

    async def change(self, chat_id: int, act: Act, audited_as: str = "") -> Response[Any]:
        """Do it to the chat, and answer with its holder strip as it is now."""

        async def work(tx: Transaction) -> None:
            await act(tx, await find_chat(tx, self.user, chat_id, self.without_role))
            await self._note(tx, audited_as, f"chat {chat_id}")

        await self.database.run(work)
        return await self.answer(chat_id)

    async def change_message(self, message_id: int, act: Act, audited_as: str) -> Response[Any]:
        """The same for a message; whose it is, is looked up first."""

        async def work(tx: Transaction) -> int:
            message = await repository.message_of(tx, message_id)
            if message is None:
                raise NotFound
            await act(tx, await find_chat(tx, self.user, message.chat_id, self.without_role))
            await self._note(tx, audited_as, f"message {message_id}")
            return int(message.chat_id)

        return await self.answer(await self.database.run(work), message_id)

    async def _note(self, tx: Transaction, action: str, subject: str) -> None:
        if action:
            address = client_address(self.request.scope, self.settings.trusted_proxies)
            await audit.record(tx, self.user, action, subject=subject, address=address, now=self.real_now)

    async def answer(self, chat_id: int, *ids: int) -> Response[Any]:
        """To htmx the fragments that changed; to a plain form the page."""
        if "hx-request" not in self.request.headers:
            return Redirect(f"/chats/{chat_id}", status_code=303)
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
            drafts = await drafts_in(tx, self.user.id, chat_id)
        if strip is None:
            raise NotFound
        fresh = new_composer(strip, self.now, drafts, self.settings.max_upload_mb)
        composer = kept_composer(fresh, form, error.message)
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
