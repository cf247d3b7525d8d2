"""The composer's form: what it sends, and how it looks before and after."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

import msgspec
from litestar import Request

from waia.accounts.csrf import FIELD
from waia.chats.drafts import Draft, draft_of
from waia.chats.panel.viewmodels import Composer, HolderStrip
from waia.chats.record import WINDOW_MARGIN
from waia.chats.send import MOST_AT_ONCE, Part
from waia.chats.signing import added_by, signed
from waia.kit.db import Transaction
from waia.kit.errors import Invalid
from waia.kit.i18n import N_
from waia.media.drafts_repository import drafts_in
from waia.media.limits import MB
from waia.media.values import Attachment
from waia.whatsapp.content import Audio, Content, Document, Image, Sticker, Text, Video
from waia.whatsapp.cutting import TEXT_LIMIT, units
from waia.whatsapp.limits import CAPTION

EMPTY = N_("Escribe algo antes de enviar.")
TORN = N_("Este formulario es de otra versión de la página. Vuelve a cargarla y envía de nuevo.")
TOO_MANY_FILES = N_("Se envían hasta 30 archivos a la vez. Quita algunos y envíalos después.")
LARGEST_FORM = 262_144
SEVERAL = ("archivos", "pies")
CAPTIONED = ("image", "video", "document")


class MessageForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`responde_a` is the id of the message that is quoted, empty for none; `pies` are the captions of `archivos`;
    `respuesta` is the quick reply whose files go along; `borrador` the version of the draft that the text was, and
    `guardados` the saves of it that are still on their way, with spaces between."""

    texto: str = ""
    client_id: str = ""
    responde_a: str = ""
    respuesta: str = ""
    borrador: str = ""
    guardados: str = ""
    archivos: tuple[str, ...] = ()
    pies: tuple[str, ...] = ()

    @property
    def quoted_id(self) -> int | None:
        return _number(self.responde_a)

    @property
    def quick_reply_id(self) -> int | None:
        return _number(self.respuesta)

    @property
    def draft_version(self) -> int | None:
        return _number(self.borrador)

    def check(self) -> None:
        """Raises Invalid for what is not a message."""
        if not is_client_id(self.client_id):
            raise Invalid({"client_id": TORN})
        if len(self.archivos) >= MOST_AT_ONCE:
            raise Invalid({"archivos": TOO_MANY_FILES})
        if not self.text and not self.archivos and self.quick_reply_id is None:
            raise Invalid({"texto": EMPTY})

    @property
    def text(self) -> str:
        return _clean(self.texto)

    @property
    def captions(self) -> dict[str, str]:
        """What is written below each file."""
        written = (*self.pies, *[""] * len(self.archivos))
        return {public_id: _clean(caption) for public_id, caption in zip(self.archivos, written, strict=False)}


def sign(form: MessageForm, signature: str) -> MessageForm:
    """With the agent's name ahead of the text, or of the first caption where there is no text."""
    if not signature:
        return form
    if form.text:
        return msgspec.structs.replace(form, texto=signed(form.text, signature))
    first = next((place for place, words in enumerate(form.pies) if _clean(words)), len(form.pies))
    named = (signed(_clean(words), signature) for words in form.pies[first : first + 1])
    return msgspec.structs.replace(form, pies=(*form.pies[:first], *named, *form.pies[first + 1 :]))


async def read_message(request: Request[Any, Any, Any]) -> MessageForm:
    """Files and captions may stand in it many times. Raises Invalid for fields that the form does not have."""
    sent: dict[str, Any] = {}
    for name, value in (await request.form()).multi_items():
        if name in SEVERAL:
            sent[name] = (*sent.get(name, ()), value)
        elif name != FIELD:
            sent[name] = value
    try:
        return msgspec.convert(sent, MessageForm)
    except msgspec.ValidationError:
        raise Invalid from None


def parts_of(form: MessageForm, drafts: Sequence[Attachment]) -> list[Part]:
    """The messages that the form is. The text is the first file's caption, or a message ahead where it cannot be."""
    captions, text = form.captions, form.text
    first = drafts[0] if drafts else None
    fits = first is not None and first.kind in CAPTIONED and units(text) <= CAPTION and not captions[first.public_id]
    if first is not None and text and fits:
        captions, text = captions | {first.public_id: text}, ""
    ahead = [Part(Text(text))] if text else []
    return [*ahead, *(Part(_content(draft, captions[draft.public_id]), draft) for draft in drafts)]


def _content(draft: Attachment, caption: str) -> Content:
    match draft.kind:
        case "image":
            return Image(file_id=draft.file_id, caption=caption)
        case "video":
            return Video(file_id=draft.file_id, caption=caption)
        case "audio":
            return Audio(file_id=draft.file_id, voice=draft.voice)
        case "sticker":
            return Sticker(file_id=draft.file_id)
        case _:
            return Document(file_id=draft.file_id, caption=caption, filename=draft.filename)


def is_client_id(told: str) -> bool:
    return 8 <= len(told) <= 36 and told.replace("-", "").isalnum()


def _number(sign: str) -> int | None:
    return int(sign) if sign.isascii() and sign.isdigit() and len(sign) < 19 else None


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


@dataclass(frozen=True, slots=True)
class Unsent:
    """What an agent left in a chat: words, and files."""

    draft: Draft
    files: Sequence[Attachment]


async def unsent_in(tx: Transaction, user_id: int, chat_id: int) -> Unsent:
    return Unsent(await draft_of(tx, user_id, chat_id), await drafts_in(tx, user_id, chat_id))


def new_composer(strip: HolderStrip, now: datetime, unsent: Unsent, largest_mb: float, signature: str) -> Composer:
    ends_at = strip.window_ends_at
    return Composer(
        strip.chat_id,
        str(uuid4()),
        ends_at,
        is_open=ends_at is not None and now < ends_at - WINDOW_MARGIN,
        text=unsent.draft.text,
        draft_version=unsent.draft.version,
        drafts=tuple(unsent.files),
        largest=int(largest_mb * MB),
        signature=signature,
        text_limit=TEXT_LIMIT - added_by(signature),
    )


def kept_composer(fresh: Composer, form: MessageForm, error: str) -> Composer:
    """The form as it was sent, with what to do about it."""
    return replace(
        fresh,
        client_id=form.client_id or fresh.client_id,
        text=form.texto,
        reply_to=form.responde_a,
        quick_reply=form.respuesta if form.quick_reply_id is not None else "",
        error=error,
        captions=form.captions,
    )
