"""`/acceso/<token>`: somebody who was handed a one-time link chooses a password, and is signed in."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath
from litestar.response import Redirect

from waia.accounts import audit, csrf
from waia.accounts.audit import Actor
from waia.accounts.cookies import form_cookie, login_cookie
from waia.accounts.errors import ForeignRequest
from waia.accounts.form_seal import LIFETIME
from waia.accounts.forms import LARGEST_FORM, NewPasswordForm, read_form
from waia.accounts.link_repository import OpenLink
from waia.accounts.links import LinkGone, find_link, use_link
from waia.accounts.logins.repository import revoke_logins
from waia.accounts.own_account_routes import NOT_REPEATED
from waia.accounts.parts import Accounts, Visitor
from waia.accounts.password_policy import password_problem
from waia.kit.db import Transaction
from waia.kit.errors import Invalid
from waia.kit.render import Page
from waia.kit.security import constant_time_equal

AnyRequest = Request[Any, Any, Any]


@get("/acceso/{token:str}", opt={"public": True})
async def show_link(
    request: AnyRequest, page: Given[Page], accounts: Given[Accounts], token: FromPath[str]
) -> Response[Any]:
    """Looking uses nothing up: mail scanners and previews of messengers open links too."""
    try:
        link = await _find(accounts, token)
    except LinkGone as error:
        return page.html("accounts/link_gone.html", status=404, message=error.message)
    return _form(page, accounts, accounts.visitor(request), link, {})


@post("/acceso/{token:str}", opt={"public": True}, request_max_body_size=LARGEST_FORM)
async def use(request: AnyRequest, page: Given[Page], accounts: Given[Accounts], token: FromPath[str]) -> Response[Any]:
    visitor = accounts.visitor(request)
    try:
        link = await _find(accounts, token)
    except LinkGone as error:
        await _refuse_stale(request, accounts, visitor)
        return page.html("accounts/link_gone.html", status=404, message=error.message)
    try:
        form = await read_form(request, NewPasswordForm)
        await _refuse_stale(request, accounts, visitor)
        _check(form, link.username)
        login = await _choose(accounts, visitor, token, form.password)
    except (Invalid, ForeignRequest) as error:
        errors = error.errors if isinstance(error, Invalid) else {"password": error.message}
        return _form(page, accounts, visitor, link, errors, status=error.status)
    accounts.sessions.forget_user(link.user_id)
    answer = Redirect("/", status_code=303)
    answer.set_cookie(login_cookie(login, visitor.https))
    return answer


async def _find(accounts: Accounts, token: str) -> OpenLink:
    async with accounts.database.reading() as tx:
        return await find_link(tx, token, accounts.clock.real())


async def _choose(accounts: Accounts, visitor: Visitor, token: str, password: str) -> str:
    """Every earlier login of the user ends; the token of the new one."""
    hashed, now = await accounts.passwords.hash(password), accounts.clock.real()

    async def work(tx: Transaction) -> str:
        link = await use_link(tx, token, hashed, now)
        await revoke_logins(tx, link.user_id, now)
        actor = Actor(link.user_id, link.username)
        await audit.record(tx, actor, "link_used", subject=link.username, address=visitor.address, now=now)
        tx.announce("user_changed", None, str(link.user_id))
        return await accounts.sessions.open(tx, link.user_id, address=visitor.address, user_agent=visitor.user_agent)

    return await accounts.database.run(work)


async def _refuse_stale(request: AnyRequest, accounts: Accounts, visitor: Visitor) -> None:
    seal = accounts.seals.read(visitor.form_cookie, accounts.clock.real())
    if seal is None or not constant_time_equal(await csrf.form_token(request), seal.token):
        raise ForeignRequest


def _check(form: NewPasswordForm, username: str) -> None:
    problem = password_problem(form.password, username)
    if problem:
        raise Invalid({"password": problem})
    if form.password != form.repeated:
        raise Invalid({"repeated": NOT_REPEATED})


def _form(
    page: Page, accounts: Accounts, visitor: Visitor, link: OpenLink, errors: dict[str, str], status: int = 200
) -> Response[str]:
    now = accounts.clock.real()
    seal = accounts.seals.read(visitor.form_cookie, now) or accounts.seals.issue(now)
    answer = page.html("accounts/link.html", status=status, link=link, errors=errors, form_token=seal.token)
    if visitor.form_cookie != seal.cookie:
        answer.set_cookie(form_cookie(seal.cookie, visitor.https, int(LIFETIME.total_seconds())))
    return answer
