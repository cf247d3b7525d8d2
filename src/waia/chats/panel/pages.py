"""The panel's pages: the list, a conversation, older messages, and the reason of a reply."""

from typing import Any
from uuid import uuid4

from litestar import Request, Response, get
from litestar.di import NamedDependency as Given
from litestar.params import FromPath, FromQuery

from waia.accounts.signed_in import SignedIn
from waia.chats.access import may_see, sight_of
from waia.chats.drafts_repository import drafts_seen
from waia.chats.panel import card, presenters, repository, timeline
from waia.chats.panel.asked import Asked, Part, asked
from waia.chats.panel.composing import new_composer, unsent_in
from waia.chats.panel.finding import find
from waia.chats.panel.hub import read_position
from waia.chats.panel.why import explain
from waia.chats.presence_repository import watchers
from waia.chats.signing import signature_for
from waia.kit.clock import Clock
from waia.kit.db import Database, Transaction
from waia.kit.errors import NotFound
from waia.kit.render import Page
from waia.rules.book import Rules
from waia.settings import Settings

AnyRequest = Request[Any, Any, Any]
TEMPLATES = {
    Part.PAGE: "chats/page.html",
    Part.CONVERSATION: "chats/answers/conversation.html",
    Part.LIST: "chats/answers/list.html",
    Part.RESULTS: "chats/answers/results.html",
    Part.MORE_ROWS: "chats/rows.html",
    Part.MORE_HITS: "chats/answers/more_hits.html",
}
NO_CHAT = {"facts": None, "chat_id": 0}


@get("/")
async def show_list(
    request: AnyRequest,
    page: Given[Page],
    database: Given[Database],
    user: Given[SignedIn],
    rules: Given[Rules],
    clock: Given[Clock],
    settings: Given[Settings],
) -> Response[str]:
    wish = asked(request, settings.timezone)
    without_role = (await rules.book(clock.real())).chats_without_role
    async with database.reading() as tx:
        context = {**NO_CHAT, **await _frame(tx, user, wish, without_role)}
    return page.html(TEMPLATES[wish.part], **context)


@get("/chats/{chat_id:int}")
async def show_chat(
    request: AnyRequest,
    page: Given[Page],
    database: Given[Database],
    user: Given[SignedIn],
    rules: Given[Rules],
    clock: Given[Clock],
    settings: Given[Settings],
    chat_id: FromPath[int],
) -> Response[str]:
    wish = asked(request, settings.timezone)
    flow = await rules.book(clock.real())
    async with database.reading() as tx:
        if not await may_see(tx, user, chat_id, flow.chats_without_role):
            raise NotFound
        frame = await _frame(tx, user, wish, flow.chats_without_role)
        context = {**frame, **await _conversation(tx, user, chat_id, wish, flow.values, clock)}
    return page.html(TEMPLATES[wish.part], is_admin=user.is_admin, **context)


@get("/chats/{chat_id:int}/mensajes")
async def show_older_messages(
    page: Given[Page],
    database: Given[Database],
    user: Given[SignedIn],
    rules: Given[Rules],
    clock: Given[Clock],
    settings: Given[Settings],
    chat_id: FromPath[int],
    antes: FromQuery[int],
    desde: FromQuery[int | None] = None,
) -> Response[str]:
    """A page of them, or with `desde` all down to this message, where that is not too far."""
    without_role = (await rules.book(clock.real())).chats_without_role
    async with database.reading() as tx:
        if not await may_see(tx, user, chat_id, without_role):
            raise NotFound
        down = await timeline.page_back_to(tx, chat_id, settings.timezone, desde, antes) if desde else None
        older = down or await timeline.page_before(tx, chat_id, settings.timezone, antes)
    return page.html("chats/bubbles.html", timeline=older, chat_id=chat_id, new_after=None, is_admin=user.is_admin)


@get("/mensajes/{message_id:int}/porque")
async def show_why(
    page: Given[Page],
    database: Given[Database],
    user: Given[SignedIn],
    message_id: FromPath[int],
) -> Response[str]:
    """For admins; to everybody else the page does not exist."""
    if not user.is_admin:
        raise NotFound
    async with database.reading() as tx:
        message = await repository.message_of(tx, message_id)
        if message is None:
            raise NotFound
        why = await explain(tx, message)
    return page.html("chats/_why.html", why=why)


@get("/porque/ultimo")
async def show_why_of_last(
    page: Given[Page],
    database: Given[Database],
    user: Given[SignedIn],
    wamid: FromQuery[str] = "",
) -> Response[str]:
    """The same for a message that is known by Meta's id, as the phone beside the panel knows it."""
    if not user.is_admin:
        raise NotFound
    async with database.reading() as tx:
        message = await repository.message_of_wamid(tx, wamid[:255])
        if message is None:
            raise NotFound
        why = await explain(tx, message)
    return page.html("chats/_why.html", why=why)


async def _frame(tx: Transaction, user: SignedIn, wish: Asked, without_role: str) -> dict[str, Any]:
    """The list around a conversation. The place in the event log is read before everything that it covers."""
    frame: dict[str, Any] = {"listing": wish.listing, "words": wish.words, "show_facts": wish.show_facts}
    frame["position"] = await read_position(tx)
    if wish.part is Part.CONVERSATION:
        return frame
    sight = await sight_of(tx, user, without_role)
    if wish.part in {Part.PAGE, Part.LIST}:
        frame["counts"] = await presenters.counts(tx, sight)
        frame["choices"] = await presenters.filter_choices(tx)
        frame["drafts"] = await drafts_seen(tx, sight)
    if wish.words:
        frame["found"] = await find(tx, sight, wish.words, wish.listing.filters, wish.hits_before)
    else:
        frame["rows"] = await presenters.chat_rows(tx, sight, wish.listing, wish.after)
    return frame


async def _conversation(
    tx: Transaction, user: SignedIn, chat_id: int, wish: Asked, settings: Settings, clock: Clock
) -> dict[str, Any]:
    facts = await presenters.facts(tx, chat_id)
    if wish.part not in {Part.PAGE, Part.CONVERSATION}:
        return {"facts": facts, "chat_id": chat_id}
    strip = await presenters.holder_strip(tx, chat_id)
    messages = await _messages(tx, chat_id, wish, settings)
    unsent = await unsent_in(tx, user.id, chat_id)
    if strip is None:
        raise NotFound
    return {
        "facts": facts,
        "card": await card.card(tx, chat_id, clock.business()),
        "edited": card.Edited(),
        "watchers": await watchers(tx, chat_id, clock.real()),
        "note_client_id": str(uuid4()),
        "note_words": "",
        "note_error": "",
        "chat_id": chat_id,
        "strip": strip,
        "timeline": messages,
        "marked": wish.message,
        "words_here": wish.words_here,
        "new_after": messages.new_after(strip.unread),
        "composer": new_composer(
            strip, clock.business(), unsent, settings.max_upload_mb, signature_for(user, settings)
        ),
    }


async def _messages(tx: Transaction, chat_id: int, wish: Asked, settings: Settings) -> timeline.Page:
    if wish.message is not None:
        return await timeline.page_around(tx, chat_id, settings.timezone, wish.message)
    return await timeline.page_before(tx, chat_id, settings.timezone, wish.before)
