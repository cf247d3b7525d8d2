"""What every action of an agent needs, and how each is answered: who acts, on what, when, noted in the trail."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Request, Response
from litestar.di import NamedDependency as Given
from litestar.response import Redirect

from waia.accounts import audit
from waia.accounts.audit import Detail
from waia.accounts.signed_in import SignedIn
from waia.chats import undo
from waia.chats.access import find_chat
from waia.chats.management import Refused
from waia.chats.panel import card as contact_card
from waia.chats.panel import presenters, repository, timeline
from waia.chats.panel.composing import MessageForm, kept_composer, new_composer, unsent_in
from waia.chats.record import ChatRecord
from waia.chats.signing import signature_for
from waia.kit.clock import Clock
from waia.kit.db import Database, Transaction
from waia.kit.errors import NotFound, WaiaError
from waia.kit.render import Page
from waia.kit.security import client_address
from waia.rules.book import Rules
from waia.settings import Settings

AnyRequest = Request[Any, Any, Any]
Act = Callable[[Transaction, Sequence[ChatRecord]], Awaitable[Refused]]
MessageAct = Callable[[Transaction, ChatRecord], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Done:
    """What was done to how many chats, for the notice that offers to take it back by its `token`."""

    action: str
    count: int
    token: str = ""


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
    signature: str

    async def change(
        self,
        chat_id: int,
        act: Act,
        audited_as: str = "",
        details: Mapping[str, Detail] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        card: bool = False,
    ) -> Response[Any]:
        """Do it to the chat, and answer with what it looks like now. What is audited can be taken back."""

        async def work(tx: Transaction) -> Done | None:
            chat = await find_chat(tx, self.user, chat_id, self.without_role)
            before = await undo.snapshots(tx, [chat]) if audited_as else {}
            for refusal in (await act(tx, [chat])).values():
                raise refusal
            await self.note(tx, audited_as, f"chat {chat_id}", details)
            token, count = await undo.keep(tx, before, self.user, audited_as, self.real_now)
            return Done(audited_as, count, token) if count else None

        done = await self.database.run(work)
        return await self.answer(chat_id, done=done, headers=headers, card=card)

    async def change_message(self, message_id: int, act: MessageAct, audited_as: str) -> Response[Any]:
        """The same for a message; whose it is, is looked up first."""

        async def work(tx: Transaction) -> int:
            message = await repository.message_of(tx, message_id)
            if message is None:
                raise NotFound
            await act(tx, await find_chat(tx, self.user, message.chat_id, self.without_role))
            await self.note(tx, audited_as, f"message {message_id}")
            return int(message.chat_id)

        return await self.answer(await self.database.run(work), message_id)

    async def note(
        self, tx: Transaction, action: str, subject: str, details: Mapping[str, Detail] | None = None
    ) -> None:
        """In the trail of who did what; an empty action is not worth it."""
        if action:
            address = client_address(self.request.scope, self.settings.trusted_proxies)
            await audit.record(
                tx, self.user, action, subject=subject, details=details, address=address, now=self.real_now
            )

    async def note_many(
        self, tx: Transaction, action: str, chat_ids: Sequence[int], details: Mapping[str, Detail] | None = None
    ) -> None:
        """One entry for all of them."""
        if len(chat_ids) == 1:
            await self.note(tx, action, f"chat {chat_ids[0]}", details)
        elif chat_ids:
            told: dict[str, Detail] = {**(details or {}), "chats": list(chat_ids)}
            await self.note(tx, action, f"{len(chat_ids)} chats", told)

    async def answer(
        self,
        chat_id: int,
        *ids: int,
        done: Done | None = None,
        headers: Mapping[str, str] | None = None,
        card: bool = False,
    ) -> Response[Any]:
        """To htmx the fragments that changed; to a plain form the page."""
        if "hx-request" not in self.request.headers:
            return Redirect(f"/chats/{chat_id}", status_code=303)
        async with self.database.reading() as tx:
            strip = await presenters.holder_strip(tx, chat_id)
            bubbles = await timeline.bubbles(tx, chat_id, ids, self.settings.timezone)
            shown = await contact_card.card(tx, chat_id, self.now) if card else None
        return self.page.html(
            "chats/answers/acted.html",
            headers=headers,
            strip=strip,
            bubbles=bubbles,
            chat_id=chat_id,
            is_admin=self.user.is_admin,
            done=done,
            card=shown,
            edited=contact_card.Edited(),
        )

    async def answer_refused(self, chat_id: int, form: MessageForm, error: WaiaError) -> Response[Any]:
        """The composer as it was sent, with the reason; without a script the same in a page of its own."""
        async with self.database.reading() as tx:
            strip = await presenters.holder_strip(tx, chat_id)
            unsent = await unsent_in(tx, self.user.id, chat_id)
        if strip is None:
            raise NotFound
        fresh = new_composer(strip, self.now, unsent, self.settings.max_upload_mb, self.signature)
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
        signature=signature_for(user, flow.values),
    )
