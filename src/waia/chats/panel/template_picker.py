"""Approved templates for a chat: choose one, fill its blanks, see how it will read, send it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from litestar import Request, Response, get, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath, FromQuery

from waia.accounts.csrf import FIELD
from waia.chats import send
from waia.chats.access import find_chat
from waia.chats.attachments import drafts_to_send
from waia.chats.panel.composing import LARGEST_FORM, TORN
from waia.chats.panel.desk import Desk
from waia.kit.db import Transaction
from waia.kit.errors import Conflict, Invalid, NotFound
from waia.media.drafts_repository import drafts_in
from waia.media.values import Attachment
from waia.whatsapp.content import Shown
from waia.whatsapp.template_book import MEDIA_FORMATS, Definition
from waia.whatsapp.template_fill import HeaderFile, fill, preview
from waia.whatsapp.template_form import Blank, blanks
from waia.whatsapp.template_repository import approved_templates, sync_of, template_by_id, want_templates

AnyRequest = Request[Any, Any, Any]
CLIENT_ID, FILE, ANSWER = "client_id", "archivo", "v."


@dataclass(frozen=True, slots=True)
class Question:
    """A blank in the form: its answer so far and what is wrong with it."""

    blank: Blank
    field: str
    answer: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class Filled:
    """The form as it came: `file` is the public id of what was attached for the header, `answers` are by blank."""

    client_id: str
    file: str
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TemplateForm:
    chat_id: int
    template_id: int
    definition: Definition
    client_id: str
    questions: tuple[Question, ...]
    shown: Shown
    error: str = ""
    file: Attachment | None = None

    @property
    def file_kind(self) -> str:
        """What the header takes: image, video, document; empty where it takes no file."""
        return self.definition.panel.format.lower() if self.definition.panel.format in MEDIA_FORMATS else ""


@get("/chats/{chat_id:int}/plantillas")
async def show_templates(desk: Given[Desk], chat_id: FromPath[int], q: FromQuery[str] = "") -> Response[Any]:
    """The approved templates; `q` narrows them by name, language and words."""
    account_id = desk.settings.waba_id
    async with desk.database.reading() as tx:
        await find_chat(tx, desk.user, chat_id, desk.without_role)
        templates = await approved_templates(tx, account_id, q[:200])
        sync = await sync_of(tx, account_id)
    found: dict[str, Any] = {"templates": templates, "sync": sync, "has_account": bool(account_id)}
    return _answer(desk, "_templates", chat_id=chat_id, q=q, is_admin=desk.user.is_admin, **found)


@post("/chats/{chat_id:int}/plantillas/actualizacion", status_code=200)
async def refresh_templates(desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    """Ask Meta again; the list follows within seconds."""

    async def work(tx: Transaction) -> None:
        await find_chat(tx, desk.user, chat_id, desk.without_role)
        if desk.settings.waba_id:
            await want_templates(tx, desk.settings.waba_id, desk.real_now)

    await desk.database.run(work)
    return desk.page.html("chats/_templates_asked.html", chat_id=chat_id)


@get("/chats/{chat_id:int}/plantillas/{template_id:int}")
async def show_template(desk: Given[Desk], chat_id: FromPath[int], template_id: FromPath[int]) -> Response[Any]:
    definition = await _template(desk, chat_id, template_id)
    return _answer(desk, "_template_form", form=_form(chat_id, template_id, definition, {}))


@post("/chats/{chat_id:int}/plantillas/{template_id:int}/vista", status_code=200, request_max_body_size=LARGEST_FORM)
async def preview_template(
    request: AnyRequest, desk: Given[Desk], chat_id: FromPath[int], template_id: FromPath[int]
) -> Response[Any]:
    """How the message will read with what is typed so far. Nothing is kept."""
    definition = await _template(desk, chat_id, template_id)
    filled = await _read(request)
    return desk.page.html("chats/_template_preview.html", shown=preview(definition, filled.answers))


@post("/chats/{chat_id:int}/plantillas/{template_id:int}", status_code=200, request_max_body_size=LARGEST_FORM)
async def send_template(
    request: AnyRequest, desk: Given[Desk], chat_id: FromPath[int], template_id: FromPath[int]
) -> Response[Any]:
    """A repeat of the same `client_id` sends nothing more. What Meta would refuse comes back as a form (422)."""
    definition = await _template(desk, chat_id, template_id)
    filled = await _read(request)
    try:
        message_id = await desk.database.run(lambda tx: _send(tx, desk, chat_id, definition, filled))
    except (Invalid, Conflict) as error:
        file = await _kept_file(desk, chat_id, filled.file)
        form = _form(chat_id, template_id, definition, filled.answers, filled.client_id, error, file)
        return _answer(desk, "_template_form", status=error.status, form=form)
    return await desk.answer(chat_id, message_id)


async def _send(tx: Transaction, desk: Desk, chat_id: int, definition: Definition, filled: Filled) -> int:
    chat = await find_chat(tx, desk.user, chat_id, desk.without_role)
    written = send.Written(filled.client_id, None, desk.now, desk.real_now, desk.resume_hours)
    if known := await send.already_sent(tx, desk.user, written):
        return known[0]
    draft = (await drafts_to_send(tx, desk.user.id, chat_id, [filled.file]))[0] if filled.file else None
    file = HeaderFile(draft.file_id, draft.kind, draft.filename) if draft and draft.file_id is not None else None
    content = fill(definition, filled.answers, desk.now, file)
    return (await send.send_parts(tx, chat, desk.user, [send.Part(content, draft)], written))[0]


async def _kept_file(desk: Desk, chat_id: int, public_id: str) -> Attachment | None:
    """Still there, for another try."""
    async with desk.database.reading() as tx:
        drafts = await drafts_in(tx, desk.user.id, chat_id) if public_id else []
    return next((draft for draft in drafts if draft.public_id == public_id), None)


async def _template(desk: Desk, chat_id: int, template_id: int) -> Definition:
    """For a chat that the agent may see. Raises NotFound."""
    async with desk.database.reading() as tx:
        await find_chat(tx, desk.user, chat_id, desk.without_role)
        definition = await template_by_id(tx, desk.settings.waba_id, template_id)
    if definition is None:
        raise NotFound
    return definition


async def _read(request: AnyRequest) -> Filled:
    """Raises Invalid for anything that the form does not have."""
    sent = {name: value for name, value in (await request.form()).multi_items() if name != FIELD}
    client_id, file = sent.pop(CLIENT_ID, ""), sent.pop(FILE, "")
    plain = {name.removeprefix(ANSWER): value for name, value in sent.items() if isinstance(value, str)}
    is_whole = len(plain) == len(sent) and isinstance(file, str) and all(name.startswith(ANSWER) for name in sent)
    if not (is_whole and isinstance(client_id, str) and 8 <= len(client_id) <= 40):
        raise Invalid({CLIENT_ID: TORN})
    if not client_id.replace("-", "").isalnum():
        raise Invalid({CLIENT_ID: TORN})
    return Filled(client_id, file, plain)


def _form(
    chat_id: int,
    template_id: int,
    definition: Definition,
    answers: Mapping[str, str],
    client_id: str = "",
    error: Invalid | Conflict | None = None,
    file: Attachment | None = None,
) -> TemplateForm:
    errors = error.errors if isinstance(error, Invalid) else {}
    questions = tuple(
        Question(blank, ANSWER + blank.key, answers.get(blank.key, ""), errors.get(blank.key, ""))
        for blank in blanks(definition)
    )
    beside = any(question.error for question in questions)
    words = error.message if error is not None and not beside else ""
    shown = preview(definition, answers)
    return TemplateForm(chat_id, template_id, definition, client_id or str(uuid4()), questions, shown, words, file)


def _answer(desk: Desk, partial: str, *, status: int = 200, **context: Any) -> Response[Any]:
    """A fragment for the dialog; without a script the same in a page of its own."""
    if "hx-request" in desk.request.headers:
        return desk.page.html(f"chats/{partial}.html", status=status, **context)
    return desk.page.html("chats/template_page.html", status=status, partial=f"chats/{partial}.html", **context)
