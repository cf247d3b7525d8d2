"""The forms of the phone page, read strictly; what is wrong is said to the person at the phone."""

from typing import Any, TypeVar

import msgspec
from litestar import Request

from waia.kit.errors import Invalid

LONGEST_TEXT = 4096
LARGEST_FORM = 32_768
CSRF_FIELD = "_csrf"
T = TypeVar("T", bound=msgspec.Struct)


class MessageForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    texto: str = ""
    cita: str = ""


class TapForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    mensaje: str
    opcion: str


class ReactionForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    mensaje: str
    emoji: str = ""


class RevokeForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    mensaje: str


class EditForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    mensaje: str
    texto: str


class SampleForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    muestra: str


class ClockForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    salto: str


async def read_form(request: Request[Any, Any, Any], kind: type[T]) -> T:
    sent = {name: value for name, value in (await request.form()).multi_items() if name != CSRF_FIELD}
    try:
        return msgspec.convert(sent, kind)
    except msgspec.ValidationError:
        raise Invalid from None
