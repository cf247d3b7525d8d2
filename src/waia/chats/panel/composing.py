"""The composer's form: what it sends, and how it looks before and after."""

from datetime import datetime
from uuid import uuid4

import msgspec

from waia.chats.panel.viewmodels import Composer, HolderStrip
from waia.chats.record import WINDOW_MARGIN
from waia.kit.errors import Invalid
from waia.kit.i18n import N_

EMPTY = N_("Escribe algo antes de enviar.")
TORN = N_("Este formulario es de otra versión de la página. Vuelve a cargarla y envía de nuevo.")
LARGEST_FORM = 262_144


class MessageForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`responde_a` is the id of the message that is quoted, empty for none."""

    texto: str = ""
    client_id: str = ""
    responde_a: str = ""

    @property
    def quoted_id(self) -> int | None:
        sign = self.responde_a
        return int(sign) if sign.isascii() and sign.isdigit() and len(sign) < 19 else None

    def text(self) -> str:
        """The text as it is sent. Raises Invalid."""
        if not 8 <= len(self.client_id) <= 40 or not self.client_id.replace("-", "").isalnum():
            raise Invalid({"client_id": TORN})
        text = self.texto.replace("\r\n", "\n").strip()
        if not text:
            raise Invalid({"texto": EMPTY})
        return text


def new_composer(strip: HolderStrip, now: datetime) -> Composer:
    ends_at = strip.window_ends_at
    is_open = ends_at is not None and now < ends_at - WINDOW_MARGIN
    return Composer(strip.chat_id, str(uuid4()), ends_at, is_open)


def kept_composer(strip: HolderStrip, form: MessageForm, error: str, now: datetime) -> Composer:
    """The form as it was sent, with what to do about it."""
    fresh = new_composer(strip, now)
    client_id = form.client_id or fresh.client_id
    return Composer(strip.chat_id, client_id, fresh.window_ends_at, fresh.is_open, form.texto, form.responde_a, error)
