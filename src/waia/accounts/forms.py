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


class RoleForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`seen` names the values that the form was opened with (`kit.overtaken`)."""

    name: str = ""
    keyword: str = ""
    seen: str = ""


class PersonForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`roles` are keywords, and only a new person's; `seen` names the values that the form was opened with."""

    name: str = ""
    username: str = ""
    language: str = ""
    roles: tuple[str, ...] = ()
    seen: str = ""


class NewPasswordForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    password: str = ""
    repeated: str = ""


async def read_form(request: Request[Any, Any, Any], kind: type[T]) -> T:
    """Raises Invalid for fields that the form does not have, and for files in their place.

    A field that the form declares as a tuple may be sent any number of times.
    """
    several = {field.name for field in msgspec.structs.fields(kind) if isinstance(field.default, tuple)}
    sent: dict[str, Any] = {}
    for name, value in (await request.form()).multi_items():
        if name != FIELD:
            sent[name] = (*sent.get(name, ()), value) if name in several else value
    try:
        return msgspec.convert(sent, kind)
    except msgspec.ValidationError:
        raise Invalid from None
