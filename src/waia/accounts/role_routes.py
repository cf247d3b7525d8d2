"""`/roles`: a table that is edited in its place, and who has each role as chips. For admins."""

from typing import Any

from litestar import Response, delete, get, post, put
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from waia.accounts import role_repository as rows
from waia.accounts import roles
from waia.accounts.forms import LARGEST_FORM, RoleForm, read_form
from waia.accounts.guards import require_admin
from waia.accounts.office import Office
from waia.kit.db import Transaction
from waia.kit.errors import Invalid, NotFound
from waia.kit.overtaken import Overtaken

PAGE, ROW, FORM = "/roles", "accounts/roles/_row.html", "accounts/roles/_row_form.html"
ADMINS = [require_admin]


@get("/roles", guards=ADMINS)
async def show_roles(office: Given[Office]) -> Response[str]:
    async with office.accounts.database.reading() as tx:
        lines = await rows.role_lines(tx)
    return office.page.html("accounts/roles/page.html", roles=lines)


@get("/roles/nuevo", guards=ADMINS)
async def show_new_role(office: Given[Office]) -> Response[Any]:
    return office.answer(FORM, PAGE, role=None, form=RoleForm(), errors={})


@get("/roles/{role_id:int}", guards=ADMINS)
async def show_role(office: Given[Office], role_id: FromPath[int]) -> Response[Any]:
    """The row as it is: what Esc goes back to."""
    return office.answer(ROW, PAGE, role=await _line(office, role_id))


@get("/roles/{role_id:int}/edicion", guards=ADMINS)
async def show_role_form(office: Given[Office], role_id: FromPath[int]) -> Response[Any]:
    role = await _line(office, role_id)
    return office.answer(FORM, PAGE, role=role, form=RoleForm(role.name, role.keyword, role.seen), errors={})


@post("/roles", guards=ADMINS, status_code=200, request_max_body_size=LARGEST_FORM)
async def add_role(office: Given[Office]) -> Response[Any]:
    form = await read_form(office.request, RoleForm)

    async def work(tx: Transaction) -> int:
        return await roles.create_role(tx, office.by, form.name, form.keyword)

    try:
        role_id = await office.run(work)
    except Invalid as error:
        return office.refused(FORM, error.errors, role=None, form=form)
    return office.answer("accounts/roles/added.html", PAGE, role=await _line(office, role_id))


@put("/roles/{role_id:int}", guards=ADMINS, request_max_body_size=LARGEST_FORM)
async def change_role(office: Given[Office], role_id: FromPath[int]) -> Response[Any]:
    form = await read_form(office.request, RoleForm)

    async def work(tx: Transaction) -> None:
        await roles.change_role(tx, office.by, role_id, form.name, form.keyword, form.seen)

    try:
        await office.run(work)
    except Invalid as error:
        return office.refused(FORM, error.errors, role=await _line(office, role_id), form=form)
    except Overtaken as error:
        return office.overtaken(FORM, error, role=await _line(office, role_id), form=form)
    return office.answer(ROW, PAGE, role=await _line(office, role_id))


@get("/roles/{role_id:int}/borrado", guards=ADMINS)
async def show_role_removal(office: Given[Office], role_id: FromPath[int]) -> Response[Any]:
    """What would miss the role, before it goes."""
    async with office.accounts.database.reading() as tx:
        role = await roles.role_with(tx, role_id)
        reach = await rows.reach_of(tx, role_id, role.keyword)
    return office.answer("accounts/roles/_removal.html", PAGE, role=role, reach=reach)


@delete("/roles/{role_id:int}", guards=ADMINS, status_code=200)
async def remove_role(office: Given[Office], role_id: FromPath[int]) -> Response[Any]:
    async def work(tx: Transaction) -> None:
        await roles.delete_role(tx, office.by, role_id)

    await office.run(work)
    async with office.accounts.database.reading() as tx:
        lines = await rows.role_lines(tx)
    return office.answer("accounts/roles/_table.html", PAGE, roles=lines)


@put("/roles/{role_id:int}/personas/{user_id:int}", guards=ADMINS)
async def add_member(office: Given[Office], role_id: FromPath[int], user_id: FromPath[int]) -> Response[Any]:
    await office.run(lambda tx: roles.give_role(tx, office.by, user_id, role_id))
    office.accounts.sessions.forget_user(user_id)
    return office.answer(ROW, PAGE, role=await _line(office, role_id))


@delete("/roles/{role_id:int}/personas/{user_id:int}", guards=ADMINS, status_code=200)
async def remove_member(office: Given[Office], role_id: FromPath[int], user_id: FromPath[int]) -> Response[Any]:
    await office.run(lambda tx: roles.take_role(tx, office.by, user_id, role_id))
    office.accounts.sessions.forget_user(user_id)
    return office.answer(ROW, PAGE, role=await _line(office, role_id))


async def _line(office: Office, role_id: int) -> rows.RoleLine:
    async with office.accounts.database.reading() as tx:
        found = await rows.role_lines(tx, role_id)
    if not found:
        raise NotFound
    return found[0]
