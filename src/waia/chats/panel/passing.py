"""Passing a chat on: to a colleague, or to the queue of a role, with a note for whoever gets it."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from waia.accounts.forms import LARGEST_FORM, read_form
from waia.accounts.repository import roles
from waia.chats import contact_facts, management, notes
from waia.chats.access import may_see
from waia.chats.management import Refused
from waia.chats.panel import presenters
from waia.chats.panel.desk import Desk
from waia.chats.record import ChatRecord
from waia.chats.staff import Colleague
from waia.chats.staff_repository import load_staff, roles_of_chats
from waia.kit.db import Transaction
from waia.kit.errors import Conflict, Invalid, NotFound
from waia.kit.i18n import N_

AnyRequest = Request[Any, Any, Any]
NOBODY_CHOSEN = N_("Elige a quién pasar el chat.")


class PassForm(msgspec.Struct, frozen=True):
    """`a`: `u7` is the user 7, `r3` the queue of the role 3."""

    a: str = ""
    nota: str = ""

    def target(self) -> tuple[str, int]:
        kind, number = self.a[:1], self.a[1:]
        if kind not in {"u", "r"} or not (number.isascii() and number.isdigit() and len(number) < 19):
            raise Invalid({"a": NOBODY_CHOSEN})
        return kind, int(number)


@get("/chats/{chat_id:int}/traspaso")
async def show_people(desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    """The dialog: who could have the chat, who is there, and how much each has to do."""
    return await _dialog(desk, chat_id, PassForm())


@post("/chats/{chat_id:int}/traspaso", status_code=200, request_max_body_size=LARGEST_FORM)
async def pass_on(request: AnyRequest, desk: Given[Desk], chat_id: FromPath[int]) -> Response[Any]:
    form = await read_form(request, PassForm)

    async def act(tx: Transaction, chats: Any) -> Refused:
        return await _pass(tx, desk, chats[0], form)

    try:
        return await desk.change(chat_id, act, "chat.hand", {"to": form.a})
    except (Invalid, Conflict) as error:
        return await _dialog(desk, chat_id, form, error)


async def colleague(tx: Transaction, user_id: int | None, real_now: Any) -> Colleague:
    """Somebody who can sign in. Raises Invalid."""
    for person in await load_staff(tx, real_now):
        if person.id == user_id:
            return person
    raise Invalid({"a": NOBODY_CHOSEN})


async def _pass(tx: Transaction, desk: Desk, chat: ChatRecord, form: PassForm) -> Refused:
    kind, number = form.target()
    if kind == "u":
        person = await colleague(tx, number, desk.real_now)
        name, refused = (
            person.name,
            await management.hand_to(tx, [chat], person, desk.now, desk.resume_hours, desk.without_role),
        )
    else:
        name, refused = await _queue(tx, desk, chat, number), {}
    if form.nota.strip() and not refused:
        told = frozenset({number}) if kind == "u" else frozenset[int]()
        await notes.add(tx, chat, desk.user, form.nota, desk.now, desk.real_now, passed_to=name, told=told)
    return refused


async def _queue(tx: Transaction, desk: Desk, chat: ChatRecord, role_id: int) -> str:
    """The chat takes the role too: whoever answers keeps seeing it. The role's name; raises NotFound."""
    role = await roles(tx).get_one_or_none(id=role_id)
    if role is None:
        raise NotFound
    await contact_facts.add_role(tx, [chat], role_id)
    await management.to_queue(tx, [chat], desk.now, desk.resume_hours, role_id)
    return role.name


async def _dialog(desk: Desk, chat_id: int, form: PassForm, error: Invalid | Conflict | None = None) -> Response[Any]:
    async with desk.database.reading() as tx:
        if not await may_see(tx, desk.user, chat_id, desk.without_role):
            raise NotFound
        strip = await presenters.holder_strip(tx, chat_id)
        carried = (await roles_of_chats(tx, [chat_id]))[chat_id]
        staff = await load_staff(tx, desk.real_now)
        queues = await roles(tx).get_many(order_by=("name", False))
    assert strip is not None
    people = [person for person in staff if person.may_hold(carried, strip.queue_role_id, desk.without_role)]
    return desk.page.html(
        "chats/_pass.html",
        status=error.status if error else 200,
        strip=strip,
        people=sorted(people, key=lambda person: (not person.is_there, person.open_chats, person.name)),
        queues=queues,
        form=form,
        error=error,
    )
