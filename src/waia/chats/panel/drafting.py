"""The panel's route for what is typed and not sent: a script saves it while one types."""

from typing import Any

import msgspec
from litestar import Request, Response, put
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from waia.accounts.forms import read_form
from waia.chats.access import may_see
from waia.chats.drafts import Draft, Kept, keep
from waia.chats.panel.composing import LARGEST_FORM
from waia.chats.panel.desk import Desk
from waia.kit.db import Transaction
from waia.kit.errors import NotFound

AnyRequest = Request[Any, Any, Any]
DRAFT_VERSION = "x-waia-draft"


class DraftForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`version`: the one that the text goes on from. `guardado` names this save, for a sending that overtakes it.
    `ultimo`: the page closes and hears no answer."""

    texto: str = ""
    version: str = "0"
    guardado: str = ""
    ultimo: str = ""

    @property
    def seen_version(self) -> int:
        return int(self.version) if self.version.isascii() and self.version.isdigit() and len(self.version) < 10 else 0


@put("/chats/{chat_id:int}/borrador", request_max_body_size=LARGEST_FORM)
async def keep_draft(request: AnyRequest, desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    """409 with the text that stands there, when another page has written or sent meanwhile."""
    form = await read_form(request, DraftForm)
    kept = await desk.database.run(lambda tx: _keep(tx, desk, chat_id, form))
    told: dict[str, Any] = {"version": kept.draft.version}
    if kept.accepted:
        return Response(told)
    return Response(told | {"text": kept.draft.text}, status_code=409)


async def _keep(tx: Transaction, desk: Desk, chat_id: int, form: DraftForm) -> Kept:
    if not await may_see(tx, desk.user, chat_id, desk.without_role):
        raise NotFound
    typed = Draft(form.texto, form.seen_version)
    last = form.ultimo == "1"
    return await keep(tx, desk.user.id, chat_id, typed, desk.real_now, name=form.guardado, is_last=last)
