"""What the forms of accounts may send: exactly these fields, read before anything else is looked at."""

from typing import Any, TypeVar

import msgspec
from litestar import Request

from waia.accounts.csrf import FIELD
from waia.kit.errors import Invalid

LARGEST_FORM = 16_384
T = TypeVar("T", bound=msgspec.Struct)


class LoginForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    username: str = ""
    password: str = ""
    next: str = ""


class PasswordForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    current: str = ""
    password: str = ""
    repeated: str = ""


class ConfirmationForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    password: str = ""
    next: str = ""


class DemoForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    usuario: str = ""
    next: str = ""


async def read_form(request: Request[Any, Any, Any], kind: type[T]) -> T:
    """Raises Invalid for fields that the form does not have, and for files in their place."""
    sent = {name: value for name, value in (await request.form()).multi_items() if name != FIELD}
    try:
        return msgspec.convert(sent, kind)
    except msgspec.ValidationError:
        raise Invalid from None
