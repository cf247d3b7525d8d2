"""`/preferencias`: how waia looks and speaks to this person, in whatever browser."""

from typing import Any, Literal

import msgspec
from litestar import Request, Response, post, put
from litestar.di import NamedDependency as Given
from litestar.response import Redirect

from waia.accounts.forms import LARGEST_FORM, read_form
from waia.accounts.parts import Accounts
from waia.accounts.repository import store_taste
from waia.accounts.signed_in import SignedIn

AnyRequest = Request[Any, Any, Any]
AS_THE_BROWSER_SAYS = {"system": ""}


class TasteForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is not sent stays as it is."""

    tema: Literal["system", "light", "dark"] | None = None
    idioma: Literal["", "es", "en"] | None = None


@put("/preferencias", status_code=204, request_max_body_size=LARGEST_FORM)
async def change_taste(request: AnyRequest, accounts: Given[Accounts], user: Given[SignedIn]) -> None:
    await _store(request, accounts, user)


@post("/preferencias", request_max_body_size=LARGEST_FORM)
async def send_taste(request: AnyRequest, accounts: Given[Accounts], user: Given[SignedIn]) -> Response[Any]:
    """The same from a plain form."""
    await _store(request, accounts, user)
    return Redirect("/sesiones", status_code=303)


async def _store(request: AnyRequest, accounts: Accounts, user: SignedIn) -> None:
    """Raises Invalid for a theme or a language that waia does not have."""
    form = await read_form(request, TasteForm)
    sent = {"theme": form.tema, "language": form.idioma}
    taste = {name: AS_THE_BROWSER_SAYS.get(value, value) for name, value in sent.items() if value is not None}
    if taste:
        await accounts.database.run(lambda tx: store_taste(tx, user.id, taste))
        accounts.sessions.forget_user(user.id)
