"""What everybody does with their own account: change the password, confirm it, look after the own logins."""

from datetime import timedelta
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from waia.accounts import audit, repository
from waia.accounts.browsers import browser_name
from waia.accounts.cookies import login_cookie
from waia.accounts.errors import TooManyTries
from waia.accounts.forms import LARGEST_FORM, ConfirmationForm, PasswordForm, read_form
from waia.accounts.guards import safe_next
from waia.accounts.logins.repository import mark_confirmed, open_logins, revoke_login, revoke_logins
from waia.accounts.parts import Accounts, Visitor
from waia.accounts.password_policy import password_problem
from waia.accounts.passwords import Verdict
from waia.accounts.people import set_password
from waia.accounts.sessions import LONGEST
from waia.accounts.signed_in import SignedIn
from waia.kit.db import Transaction
from waia.kit.errors import Invalid, NotFound, WaiaError
from waia.kit.i18n import N_
from waia.kit.render import Page

AnyRequest = Request[Any, Any, Any]
WRONG_CURRENT = N_("Esa no es tu contraseña actual.")
NOT_REPEATED = N_("Las dos contraseñas nuevas no son iguales.")
SAME_AGAIN = N_("Elige una contraseña distinta de la actual.")
CHANGES_PASSWORD = {"while_must_change": True}


@get("/clave", opt=CHANGES_PASSWORD)
async def show_password_form(page: Given[Page]) -> Response[str]:
    return page.html("accounts/password.html", errors={}, wait_minutes=0)


@post("/clave", opt=CHANGES_PASSWORD, request_max_body_size=LARGEST_FORM)
async def change_password(
    request: AnyRequest, page: Given[Page], accounts: Given[Accounts], user: Given[SignedIn]
) -> Response[Any]:
    """All other logins of the user end, and this browser gets a new one."""
    visitor, form = accounts.visitor(request), await read_form(request, PasswordForm)
    try:
        _check_new_password(form, user)
        await _check_own_password(accounts, user, form.current, "current")
    except (Invalid, TooManyTries) as error:
        return page.html("accounts/password.html", status=error.status, **_shown(error))
    token = await _store_password(accounts, visitor, user, form.password)
    answer = Redirect("/", status_code=303)
    answer.set_cookie(login_cookie(token, visitor.https))
    return answer


@get("/confirmar")
async def show_confirmation(
    page: Given[Page], next_path: Annotated[str, QueryParameter(name="next")] = "/"
) -> Response[str]:
    return page.html("accounts/confirm.html", next=safe_next(next_path), errors={}, wait_minutes=0)


@post("/confirmar", request_max_body_size=LARGEST_FORM)
async def confirm_password(
    request: AnyRequest, page: Given[Page], accounts: Given[Accounts], user: Given[SignedIn]
) -> Response[Any]:
    form = await read_form(request, ConfirmationForm)
    try:
        await _check_own_password(accounts, user, form.password, "password")
    except (Invalid, TooManyTries) as error:
        next_path = safe_next(form.next)
        return page.html("accounts/confirm.html", status=error.status, next=next_path, **_shown(error))
    now = accounts.clock.real()
    await accounts.database.run(lambda tx: mark_confirmed(tx, user.login_id, now))
    accounts.sessions.forget_user(user.id)
    return Redirect(safe_next(form.next), status_code=303)


@get("/sesiones")
async def show_logins(page: Given[Page], accounts: Given[Accounts], user: Given[SignedIn]) -> Response[str]:
    now = accounts.clock.real()
    async with accounts.database.reading() as tx:
        logins = await open_logins(tx, user.id, seen_after=now - accounts.sessions.idle, begun_after=now - LONGEST)
    names = {login.id: browser_name(login.user_agent) for login in logins}
    return page.html("accounts/logins.html", logins=logins, names=names)


@post("/sesiones/{login_id:int}/cierre", request_max_body_size=LARGEST_FORM)
async def end_login(
    request: AnyRequest, accounts: Given[Accounts], user: Given[SignedIn], login_id: FromPath[int]
) -> Redirect:
    address, now = accounts.visitor(request).address, accounts.clock.real()

    async def end(tx: Transaction) -> None:
        if not await revoke_login(tx, user.id, login_id, now):
            raise NotFound
        await audit.record(tx, user, "login_revoked", subject=str(login_id), address=address, now=now)

    await accounts.database.run(end)
    accounts.sessions.forget_user(user.id)
    return Redirect("/sesiones", status_code=303)


@post("/sesiones/cierre", request_max_body_size=LARGEST_FORM)
async def end_other_logins(request: AnyRequest, accounts: Given[Accounts], user: Given[SignedIn]) -> Redirect:
    address, now = accounts.visitor(request).address, accounts.clock.real()

    async def end(tx: Transaction) -> None:
        if ended := await revoke_logins(tx, user.id, now, but=user.login_id):
            details = {"logins": ended}
            await audit.record(tx, user, "logins_revoked", details=details, address=address, now=now)

    await accounts.database.run(end)
    accounts.sessions.forget_user(user.id)
    return Redirect("/sesiones", status_code=303)


@post("/sesiones/uso", status_code=204)
async def note_use() -> None:
    """An open page that can be seen counts as use: the gate notes it."""


def _check_new_password(form: PasswordForm, user: SignedIn) -> None:
    problem = password_problem(form.password, user.username)
    if problem:
        raise Invalid({"password": problem})
    if form.password != form.repeated:
        raise Invalid({"repeated": NOT_REPEATED})
    if form.password == form.current:
        raise Invalid({"password": SAME_AGAIN})


async def _check_own_password(accounts: Accounts, user: SignedIn, password: str, field: str) -> None:
    """Slowed down like a login, but per login: guessing from a stolen browser locks out nobody else."""
    taken = await accounts.throttle.begin(f"confirm {user.id}", f"login {user.login_id}")
    async with accounts.database.reading() as tx:
        stored = await repository.users(tx).with_id(user.id)
    verdict = await accounts.passwords.check(password, stored.password_hash if stored else None)
    if verdict is Verdict.WRONG:
        raise Invalid({field: WRONG_CURRENT})
    await accounts.database.run(lambda tx: accounts.throttle.succeed(tx, taken))


async def _store_password(accounts: Accounts, visitor: Visitor, user: SignedIn, password: str) -> str:
    hashed, now = await accounts.passwords.hash(password), accounts.clock.real()

    async def store(tx: Transaction) -> str:
        await set_password(tx, user, user.id, hashed, must_change=False, now=now, address=visitor.address)
        return await accounts.sessions.open(tx, user.id, address=visitor.address, user_agent=visitor.user_agent)

    token = await accounts.database.run(store)
    accounts.sessions.forget_user(user.id)
    return token


def _shown(error: WaiaError) -> dict[str, Any]:
    if isinstance(error, TooManyTries):
        return {"errors": {}, "wait_minutes": -(-error.wait_s // int(timedelta(minutes=1).total_seconds()))}
    return {"errors": error.errors if isinstance(error, Invalid) else {}, "wait_minutes": 0}
