"""What a voice note says, beside the note: corrected, taken back, asked for again by whoever may see the chat."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from litestar import Request, Response, delete, get, post, put
from litestar.di import NamedDependency as Given
from litestar.params import FromPath
from litestar.response import Redirect

from waia.accounts.forms import read_form
from waia.chats import transcripts
from waia.chats.access import find_chat, may_see
from waia.chats.panel.composing import LARGEST_FORM
from waia.chats.panel.desk import Desk
from waia.chats.panel.timeline import bubbles
from waia.chats.record import ChatRecord
from waia.chats.transcripts_repository import stands
from waia.kit.db import Transaction
from waia.kit.errors import Invalid, NotFound
from waia.kit.overtaken import Overtaken
from waia.transcription.repository import transcripts_of
from waia.transcription.values import Transcript

AnyRequest = Request[Any, Any, Any]
Act = Callable[[Transaction, ChatRecord, Transcript], Awaitable[None]]
ADDRESS = "/mensajes/{message_id:int}/transcripcion"


class CorrectionForm(msgspec.Struct, frozen=True):
    """`seen` names the words that the form was opened with (`kit.overtaken`)."""

    texto: str = ""
    seen: str = ""


@get(ADDRESS)
async def show_transcript(desk: Given[Desk], message_id: FromPath[int]) -> Response[Any]:
    async with desk.database.reading() as tx:
        transcript = await _seen(tx, desk, message_id)
    return await _shown(desk, transcript)


@get(f"{ADDRESS}/edicion")
async def show_correction(desk: Given[Desk], message_id: FromPath[int]) -> Response[Any]:
    async with desk.database.reading() as tx:
        transcript = await _with_text(tx, desk, message_id)
    return _form(desk, transcript, CorrectionForm(transcript.text))


@put(ADDRESS, request_max_body_size=LARGEST_FORM)
async def correct(request: AnyRequest, desk: Given[Desk], message_id: FromPath[int]) -> Response[Any]:
    form = await read_form(request, CorrectionForm)

    async def work(tx: Transaction, chat: ChatRecord, transcript: Transcript) -> None:
        await transcripts.correct(tx, chat, transcript, desk.user, form.texto, form.seen, desk.real_now)

    try:
        return await _act(desk, message_id, work, "transcript.corrected", _with_text)
    except (Invalid, Overtaken) as error:
        async with desk.database.reading() as tx:
            transcript = await _with_text(tx, desk, message_id)
        return _form(desk, transcript, form, error)


@delete(ADDRESS, status_code=200)
async def take_back(desk: Given[Desk], message_id: FromPath[int]) -> Response[Any]:
    """The correction goes; without one nothing changes."""
    return await _act(desk, message_id, transcripts.take_back, "transcript.taken_back", _with_text)


@post(ADDRESS, status_code=200)
async def hear_again(desk: Given[Desk], message_id: FromPath[int]) -> Response[Any]:
    async def work(tx: Transaction, _: ChatRecord, transcript: Transcript) -> None:
        await transcripts.hear_again(tx, transcript, desk.real_now)

    return await _act(desk, message_id, work, "transcript.wanted", _seen)


async def _act(
    desk: Desk,
    message_id: int,
    act: Act,
    audited_as: str,
    find: Callable[[Transaction, Desk, int], Awaitable[Transcript]],
) -> Response[Any]:
    """What changed nothing is not in the trail; the words themselves never are."""

    async def work(tx: Transaction) -> Transcript:
        chat = await find_chat(tx, desk.user, (await find(tx, desk, message_id)).chat_id, desk.without_role)
        before = await find(tx, desk, message_id)  # as it is now that the chat is locked
        await act(tx, chat, before)
        after = await find(tx, desk, message_id)
        if after != before:
            await desk.note(tx, audited_as, f"message {message_id}")
        return after

    return await _shown(desk, await desk.database.run(work))


async def _seen(tx: Transaction, desk: Desk, message_id: int) -> Transcript:
    """The transcript of a message that one may see, and that its sender did not take back. Raises NotFound."""
    transcript = (await transcripts_of(tx, [message_id])).get(message_id)
    if transcript is None or not await may_see(tx, desk.user, transcript.chat_id, desk.without_role):
        raise NotFound
    if not await stands(tx, message_id):
        raise NotFound
    return transcript


async def _with_text(tx: Transaction, desk: Desk, message_id: int) -> Transcript:
    """Only what has words can be corrected. Raises NotFound."""
    transcript = await _seen(tx, desk, message_id)
    if not transcript.state.has_text:
        raise NotFound
    return transcript


async def _shown(desk: Desk, transcript: Transcript) -> Response[Any]:
    """To htmx the part below the words, which the stream changes; to a plain form the page."""
    if "hx-request" not in desk.request.headers:
        return Redirect(f"/chats/{transcript.chat_id}", status_code=303)
    async with desk.database.reading() as tx:
        found = await bubbles(tx, transcript.chat_id, [transcript.message_id], desk.settings.timezone)
    if not found:
        raise NotFound
    return desk.page.html("chats/_transcript.html", bubble=found[0], is_admin=desk.user.is_admin)


def _form(
    desk: Desk, transcript: Transcript, form: CorrectionForm, error: Invalid | Overtaken | None = None
) -> Response[Any]:
    """With `error` what was typed, and beside it the words that somebody else saved meanwhile."""
    return desk.page.html(
        "chats/_transcript_form.html",
        status=error.status if error else 200,
        transcript=transcript,
        words=form.texto,
        seen=transcripts.seen_in(transcript) if not isinstance(error, Invalid) else form.seen,
        error=error.message if isinstance(error, Invalid) else "",
        overtaken=isinstance(error, Overtaken),
    )
