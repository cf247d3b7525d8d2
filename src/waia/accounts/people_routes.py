"""`/usuarios`: who works here, edited in place; passwords are never typed here, a one-time link is handed over."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Response, delete, get, post, put
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from waia.accounts import roles, staff
from waia.accounts import staff_repository as rows
from waia.accounts.errors import NameTaken
from waia.accounts.forms import LARGEST_FORM, PersonForm, read_form
from waia.accounts.guards import require_admin
from waia.accounts.links import Link
from waia.accounts.office import By, Office
from waia.kit.db import Transaction
from waia.kit.errors import Invalid, NotFound, WaiaError
from waia.kit.i18n import LANGUAGES
from waia.kit.overtaken import Overtaken

PAGE, ROW, FORM = "/usuarios", "accounts/people/_row.html", "accounts/people/_row_form.html"
ADMINS = [require_admin]
Act = Callable[[Transaction, By, int], Awaitable[Any]]


@get("/usuarios", guards=ADMINS)
async def show_people(office: Given[Office]) -> Response[str]:
    async with office.accounts.database.reading() as tx:
        lines = await rows.person_lines(tx, office.by.now)
    return office.page.html("accounts/people/page.html", people=lines)


@get("/usuarios/nuevo", guards=ADMINS)
async def show_new_person(office: Given[Office]) -> Response[Any]:
    return office.answer(FORM, PAGE, **await _form(office, PersonForm(), None, errors={}))


@get("/usuarios/{user_id:int}", guards=ADMINS)
async def show_person(office: Given[Office], user_id: FromPath[int]) -> Response[Any]:
    """The row as it is: what Esc goes back to."""
    return office.answer(ROW, PAGE, person=await _line(office, user_id))


@get("/usuarios/{user_id:int}/edicion", guards=ADMINS)
async def show_person_form(office: Given[Office], user_id: FromPath[int]) -> Response[Any]:
    person = await _line(office, user_id)
    form = PersonForm(person.name, person.username, person.language, seen=person.seen)
    return office.answer(FORM, PAGE, **await _form(office, form, person, errors={}))


@post("/usuarios", guards=ADMINS, status_code=200, request_max_body_size=LARGEST_FORM)
async def add_person(office: Given[Office]) -> Response[Any]:
    form = await read_form(office.request, PersonForm)
    told = {"username": form.username, "name": form.name, "language": form.language}

    async def work(tx: Transaction) -> Link:
        return await staff.invite(tx, office.by, **told, roles=form.roles)

    try:
        link = await office.run(work)
    except (Invalid, NameTaken) as error:
        return office.page.html(FORM, status=422, **await _form(office, form, None, errors=_errors(error)))
    person = await _line(office, link.user_id)
    return office.page.html("accounts/people/added.html", person=person, link=link, address=_address(office, link))


@put("/usuarios/{user_id:int}", guards=ADMINS, request_max_body_size=LARGEST_FORM)
async def change_person(office: Given[Office], user_id: FromPath[int]) -> Response[Any]:
    form = await read_form(office.request, PersonForm)
    told = {"username": form.username, "name": form.name, "language": form.language}

    async def work(tx: Transaction) -> None:
        await staff.change_user(tx, office.by, user_id, **told, seen=form.seen)

    try:
        await office.run(work)
    except (Invalid, NameTaken) as error:
        person = await _line(office, user_id)
        return office.page.html(FORM, status=422, **await _form(office, form, person, errors=_errors(error)))
    except Overtaken as error:
        return office.overtaken(FORM, error, **await _form(office, form, await _line(office, user_id)))
    office.accounts.sessions.forget_user(user_id)
    return office.answer(ROW, PAGE, person=await _line(office, user_id))


@post("/usuarios/{user_id:int}/enlace", guards=ADMINS, status_code=200, request_max_body_size=LARGEST_FORM)
async def reset_password(office: Given[Office], user_id: FromPath[int]) -> Response[Any]:
    """The old password ends here; the answer shows the new link, which is seen only this once."""

    async def work(tx: Transaction) -> Link:
        return await staff.reset_password(tx, office.by, user_id)

    link = await office.run(work)
    office.accounts.sessions.forget_user(user_id)
    person = await _line(office, user_id)
    return office.page.html("accounts/people/linked.html", person=person, link=link, address=_address(office, link))


@delete("/usuarios/{user_id:int}/sesiones", guards=ADMINS, status_code=200)
async def end_logins(office: Given[Office], user_id: FromPath[int]) -> Response[Any]:
    return await _act(office, user_id, staff.end_logins)


@put("/usuarios/{user_id:int}/baja", guards=ADMINS)
async def disable(office: Given[Office], user_id: FromPath[int]) -> Response[Any]:
    return await _act(office, user_id, staff.disable)


@delete("/usuarios/{user_id:int}/baja", guards=ADMINS, status_code=200)
async def enable(office: Given[Office], user_id: FromPath[int]) -> Response[Any]:
    return await _act(office, user_id, staff.enable)


@delete("/usuarios/{user_id:int}", guards=ADMINS, status_code=200)
async def remove_person(office: Given[Office], user_id: FromPath[int]) -> Response[Any]:
    await office.run(lambda tx: staff.delete_user(tx, office.by, user_id))
    office.accounts.sessions.forget_user(user_id)
    async with office.accounts.database.reading() as tx:
        lines = await rows.person_lines(tx, office.by.now)
    return office.answer("accounts/people/_table.html", PAGE, people=lines)


@put("/usuarios/{user_id:int}/roles/{role_id:int}", guards=ADMINS)
async def add_role(office: Given[Office], user_id: FromPath[int], role_id: FromPath[int]) -> Response[Any]:
    return await _act(office, user_id, lambda tx, by, person: roles.give_role(tx, by, person, role_id))


@delete("/usuarios/{user_id:int}/roles/{role_id:int}", guards=ADMINS, status_code=200)
async def remove_role(office: Given[Office], user_id: FromPath[int], role_id: FromPath[int]) -> Response[Any]:
    return await _act(office, user_id, lambda tx, by, person: roles.take_role(tx, by, person, role_id))


async def _act(office: Office, user_id: int, act: Act) -> Response[Any]:
    """Do it, and answer with the row as it is now."""
    await office.run(lambda tx: act(tx, office.by, user_id))
    office.accounts.sessions.forget_user(user_id)
    return office.answer(ROW, PAGE, person=await _line(office, user_id))


async def _line(office: Office, user_id: int) -> rows.PersonLine:
    async with office.accounts.database.reading() as tx:
        found = await rows.person_lines(tx, office.by.now, user_id)
    if not found:
        raise NotFound
    return found[0]


async def _form(
    office: Office, form: PersonForm, person: rows.PersonLine | None, **more: dict[str, str]
) -> dict[str, Any]:
    async with office.accounts.database.reading() as tx:
        choices = await rows.roles_by_name(tx)
    return {"person": person, "form": form, "choices": choices, "languages": LANGUAGES, **more}


def _errors(error: WaiaError) -> dict[str, str]:
    return error.errors if isinstance(error, Invalid) else {"username": error.message}


def _address(office: Office, link: Link) -> str:
    """Where the link leads, as the outside sees us; else as this browser does."""
    base = office.accounts.settings.base_url or str(office.request.base_url)
    return f"{base.rstrip('/')}{link.path}"
