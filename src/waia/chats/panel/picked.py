"""`POST /chats/seleccion`: one action for many chats, in one request; what could not be done is told chat by chat."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency as Given
from litestar.response import Redirect

from waia.accounts.repository import roles
from waia.chats import contact_facts, management, undo
from waia.chats.access import find_chats
from waia.chats.management import Refused
from waia.chats.panel import presenters
from waia.chats.panel.desk import Desk, Done
from waia.chats.panel.passing import colleague
from waia.chats.record import ChatRecord
from waia.chats.staff_repository import load_staff
from waia.kit.db import Transaction
from waia.kit.errors import Invalid, NotFound
from waia.kit.i18n import N_

AnyRequest = Request[Any, Any, Any]
MOST_CHATS = 200
NONE_PICKED = N_("Marca al menos un chat.")
TOO_MANY = N_("Se pueden cambiar hasta 200 chats a la vez.")


class Action(StrEnum):
    TAKE = "tomar"
    ASSIGN = "asignar"
    QUEUE = "cola"
    GIVE_BACK = "bot"
    ADD_ROLE = "agregar_rol"
    REMOVE_ROLE = "quitar_rol"
    CLOSE = "cerrar"
    ARCHIVE = "archivar"
    UNARCHIVE = "desarchivar"
    READ = "leido"
    UNREAD = "no_leido"
    NO_ANSWER = "sin_respuesta"


AUDITED_AS = {
    Action.TAKE: "chat.take",
    Action.ASSIGN: "chat.hand",
    Action.QUEUE: "chat.queue",
    Action.GIVE_BACK: "chat.give_back",
    Action.ADD_ROLE: "chat.role_added",
    Action.REMOVE_ROLE: "chat.role_removed",
    Action.CLOSE: "chat.close",
    Action.ARCHIVE: "chat.archive",
    Action.UNARCHIVE: "chat.unarchive",
    Action.READ: "chat.read",
    Action.UNREAD: "chat.unread",
    Action.NO_ANSWER: "chat.no_answer",
}


class PickedForm(msgspec.Struct, frozen=True):
    """`quien` is the id of a person (asignar) or of a role (agregar_rol, quitar_rol, cola); on the wire `cola:3`."""

    accion: Action
    chats: list[int]
    quien: int | None = None


@get("/chats/seleccion")
async def show_targets(desk: Given[Desk]) -> Response[Any]:
    """Where marked chats can go: people and roles."""
    async with desk.database.reading() as tx:
        staff = await load_staff(tx, desk.real_now)
        queues = await roles(tx).get_many(order_by=("name", False))
    people = sorted(staff, key=lambda person: (not person.is_there, person.open_chats, person.name))
    return desk.page.html("chats/_targets.html", people=people, queues=queues)


@post("/chats/seleccion", status_code=200)
async def act_on_picked(request: AnyRequest, desk: Given[Desk]) -> Response[Any]:
    form = await _read(request)
    action = AUDITED_AS[form.accion]

    async def work(tx: Transaction) -> tuple[Done, Refused]:
        found = await find_chats(tx, desk.user, form.chats, desk.without_role)
        chats = list(found.values())
        before = await undo.snapshots(tx, chats)
        refused = await _act(tx, desk, form, chats)
        changed = [chat.id for chat in chats if chat.id not in refused]
        await desk.note_many(tx, action, changed, {"to": form.quien} if form.quien is not None else None)
        token, _ = await undo.keep(tx, before, desk.user, action, desk.real_now)
        gone: Refused = {chat_id: NotFound() for chat_id in form.chats if chat_id not in found}
        return Done(action, len(changed), token), {**refused, **gone}

    done, refused = await desk.database.run(work)
    return await _answer(desk, done, refused)


async def _act(tx: Transaction, desk: Desk, form: PickedForm, chats: Sequence[ChatRecord]) -> Refused:
    match form.accion:
        case Action.TAKE:
            return await management.take(tx, chats, desk.user, desk.now, desk.resume_hours)
        case Action.ASSIGN:
            person = await colleague(tx, form.quien, desk.real_now)
            return await management.hand_to(tx, chats, person, desk.now, desk.resume_hours, desk.without_role)
        case Action.QUEUE:
            return await management.to_queue(tx, chats, desk.now, desk.resume_hours, form.quien)
        case Action.ADD_ROLE:
            return await contact_facts.add_role(tx, chats, form.quien or 0)
        case Action.REMOVE_ROLE:
            return await contact_facts.remove_role(tx, chats, form.quien or 0)
        case _:
            return await _mark(tx, desk, form.accion, chats)


async def _mark(tx: Transaction, desk: Desk, action: Action, chats: Sequence[ChatRecord]) -> Refused:
    match action:
        case Action.GIVE_BACK:
            return await management.give_back(tx, chats, desk.now)
        case Action.CLOSE:
            return await management.close(tx, chats, desk.now)
        case Action.ARCHIVE:
            return await management.archive(tx, chats, desk.now, desk.real_now, desk.without_role)
        case Action.UNARCHIVE:
            return await management.unarchive(tx, chats, desk.now)
        case Action.READ:
            return await management.mark_read(tx, chats, desk.real_now, receipts=desk.read_receipts)
        case Action.UNREAD:
            return await management.mark_unread(tx, chats)
        case _:
            return await management.needs_no_answer(tx, chats)


async def _read(request: AnyRequest) -> PickedForm:
    """The chats come as often as rows are marked. Raises Invalid."""
    sent = [(name, str(value)) for name, value in (await request.form()).multi_items()]
    ids = [value for name, value in sent if name == "chats"]
    action, _, who = dict(sent).get("accion", "").partition(":")
    rest = {"accion": action, **({"quien": who} if who else {})}
    if not ids:
        raise Invalid({"chats": NONE_PICKED})
    if len(ids) > MOST_CHATS:
        raise Invalid({"chats": TOO_MANY})
    try:
        return msgspec.convert({**rest, "chats": ids}, PickedForm, strict=False)
    except msgspec.ValidationError:
        raise Invalid from None


async def _answer(desk: Desk, done: Done, refused: Refused) -> Response[Any]:
    if "hx-request" not in desk.request.headers:
        return Redirect("/", status_code=303)
    async with desk.database.reading() as tx:
        told = {chat_id: error for chat_id, error in refused.items() if not isinstance(error, NotFound)}
        rows = await presenters.rows_by_id(tx, told)
    failures = [(row.person, told[chat_id]) for chat_id, row in rows.items()]
    missing = len(refused) - len(failures)
    return desk.page.html("chats/answers/done.html", strips=(), done=done, failures=failures, missing=missing)
