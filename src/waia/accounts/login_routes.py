"""The login page, signing in and signing out."""

import math
from datetime import timedelta
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency as Given
from litestar.params import QueryParameter
from litestar.response import Redirect

from waia.accounts import audit, csrf
from waia.accounts.cookies import csrf_token, form_cookie, login_cookie, no_login_cookie
from waia.accounts.errors import ForeignRequest, TooManyTries, WrongPassword
from waia.accounts.form_seal import LIFETIME, Seal
from waia.accounts.forms import LARGEST_FORM, DemoForm, LoginForm, read_form
from waia.accounts.guards import current_user, safe_next
from waia.accounts.logins.repository import revoke_login
from waia.accounts.parts import Accounts, Visitor
from waia.accounts.repository import users
from waia.accounts.sign_in import demo_sign_in, sign_in
from waia.kit.db import Transaction
from waia.kit.errors import WaiaError
from waia.kit.i18n import N_
from waia.kit.render import Page
from waia.kit.security import constant_time_equal

AnyRequest = Request[Any, Any, Any]
OPEN_TO_ALL = {"public": True, "knows_user": True}
STALE_PAGE = N_("La página llevaba mucho tiempo abierta. Inténtalo de nuevo.")


@get("/login", opt=OPEN_TO_ALL)
async def show_login(
    request: AnyRequest,
    page: Given[Page],
    accounts: Given[Accounts],
    next_path: Annotated[str, QueryParameter(name="next")] = "/",
) -> Response[Any]:
    over_a_page = "hx-request" in request.headers  # it was told that its login ended, which we may learn later
    if current_user(request) is not None and not over_a_page:
        return Redirect(safe_next(next_path), status_code=303)
    return await _login_page(request, page, accounts, LoginForm(next=next_path))


@post("/login", opt={"public": True}, request_max_body_size=LARGEST_FORM)
async def send_login(request: AnyRequest, page: Given[Page], accounts: Given[Accounts]) -> Response[Any]:
    visitor, form = accounts.visitor(request), await read_form(request, LoginForm)
    try:
        await _refuse_stale(request, accounts, visitor)
        token = await sign_in(accounts, visitor, form.username, form.password)
    except (WrongPassword, TooManyTries, ForeignRequest) as error:
        return await _login_page(request, page, accounts, form, error)
    return await _welcome(request, accounts, token, form.next)


@post("/demo/entrar", opt={"public": True}, request_max_body_size=LARGEST_FORM)
async def enter_demo(request: AnyRequest, page: Given[Page], accounts: Given[Accounts]) -> Response[Any]:
    visitor, form = accounts.visitor(request), await read_form(request, DemoForm)
    try:
        await _refuse_stale(request, accounts, visitor)
        token = await demo_sign_in(accounts, visitor, form.usuario)
    except (WrongPassword, ForeignRequest) as error:
        return await _login_page(request, page, accounts, LoginForm(next=form.next), error)
    return await _welcome(request, accounts, token, form.next)


@post("/logout", opt={**OPEN_TO_ALL, "while_must_change": True}, request_max_body_size=LARGEST_FORM)
async def send_logout(request: AnyRequest, accounts: Given[Accounts]) -> Response[Any]:
    visitor, user = accounts.visitor(request), current_user(request)
    if user is not None:

        async def end_login(tx: Transaction) -> None:
            now = accounts.clock.real()
            await revoke_login(tx, user.id, user.login_id, now)
            await audit.record(tx, user, "logout", subject=user.username, address=visitor.address, now=now)

        await accounts.database.run(end_login)
        accounts.sessions.forget(visitor.login_token)
    answer = Redirect("/login", status_code=303, headers={"Clear-Site-Data": '"cache", "storage"'})
    answer.set_cookie(no_login_cookie(visitor.https))
    return answer


async def _refuse_stale(request: AnyRequest, accounts: Accounts, visitor: Visitor) -> None:
    """The form must come from a login page that we gave to this very browser."""
    seal = accounts.seals.read(visitor.form_cookie, accounts.clock.real())
    if seal is None or not constant_time_equal(await csrf.form_token(request), seal.token):
        raise ForeignRequest


async def _welcome(request: AnyRequest, accounts: Accounts, token: str, next_path: str) -> Response[Any]:
    """A page that opened the login over itself stays, and learns who is there and the token of the new login."""
    visitor = accounts.visitor(request)
    answer: Response[Any]
    if "hx-request" in request.headers:
        known = await accounts.sessions.find(token)
        user = known.user.id if known is not None else 0
        event = f'{{"waia:signed-in":{{"csrf":"{csrf_token(token)}","user":{user}}}}}'
        answer = Response(None, status_code=204, headers={"HX-Trigger": event})
    else:
        answer = Redirect(safe_next(next_path), status_code=303)
    answer.set_cookie(login_cookie(token, visitor.https))
    return answer


async def _login_page(
    request: AnyRequest, page: Page, accounts: Accounts, form: LoginForm, error: WaiaError | None = None
) -> Response[Any]:
    visitor, now = accounts.visitor(request), accounts.clock.real()
    seal = accounts.seals.read(visitor.form_cookie, now) or accounts.seals.issue(now)
    part = "accounts/_sign_in.html" if error else "accounts/_sign_in_over.html"
    answer = page.html(
        part if "hx-request" in request.headers else "accounts/login.html",
        status=error.status if error else 200,
        headers={"Retry-After": str(error.wait_s)} if isinstance(error, TooManyTries) else None,
        form_token=seal.token,
        username=form.username,
        next=safe_next(form.next),
        people=await _demo_people(accounts, visitor),
        idle_hours=accounts.sessions.idle / timedelta(hours=1),
        unsafe_connection=not (visitor.https or visitor.local),
        **_problem(error),
    )
    _keep(seal, answer, visitor)
    return answer


def _problem(error: WaiaError | None) -> dict[str, Any]:
    wait = math.ceil(error.wait_s / 60) if isinstance(error, TooManyTries) else 0
    message = STALE_PAGE if isinstance(error, ForeignRequest) else error.message if error else ""
    return {"problem": "" if wait else message, "wait_minutes": wait}


def _keep(seal: Seal, answer: Response[Any], visitor: Visitor) -> None:
    if visitor.form_cookie != seal.cookie:
        answer.set_cookie(form_cookie(seal.cookie, visitor.https, int(LIFETIME.total_seconds())))


async def _demo_people(accounts: Accounts, visitor: Visitor) -> list[dict[str, str]]:
    if not (accounts.settings.demo and visitor.local):
        return []
    async with accounts.database.reading() as tx:
        everybody = await users(tx).by_name()
    return [
        {
            "username": user.username,
            "name": user.display_name or user.username,
            "roles": ", ".join(r.name for r in user.roles),
        }
        for user in everybody
        if user.disabled_at is None and not user.must_change_password
    ]
