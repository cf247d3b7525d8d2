"""The gate before every handler: who is it, may they come here, and does the request come from our own page.

A handler is closed to strangers unless its `opt` says `{"public": True}`. Other marks that `opt` may carry:
- `"exclude_from_auth"`, `"exclude_from_csrf"`: Litestar's own words for the same, in mounts that do not know ours
- `"knows_user": True`: a public page that looks who is there
- `"csrf": False`: the handler protects itself, such as a signed webhook
- `"while_must_change": True`: open before the first password is changed
- `"page": False`: a stranger gets 401 instead of the way to the login page
- `"counts_as_use": False`: a request that scripts make by themselves
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.handlers.base import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from waia.accounts import csrf
from waia.accounts.cookies import login_cookie_name
from waia.accounts.errors import ConfirmationNeeded, PasswordChangeNeeded
from waia.accounts.sessions import Known, Sessions
from waia.accounts.signed_in import LoginTimes, SignedIn
from waia.kit.clock import Clock
from waia.kit.errors import Denied, SignInNeeded
from waia.kit.logs import about
from waia.kit.security import is_https
from waia.settings import Settings

__all__ = ["Gate", "SignedIn", "current_user", "provide_user", "require_admin", "wants_page"]

CONFIRMED_FOR = timedelta(hours=12)
Connection = ASGIConnection[Any, Any, Any, Any]


class Gate(ASGIMiddleware):
    """Leaves `scope["user"]` (SignedIn or None) and `scope["auth"]` (its LoginTimes) behind."""

    scopes = (ScopeType.HTTP, ScopeType.WEBSOCKET, ScopeType.ASGI)

    def __init__(self, sessions: Sessions, settings: Settings, clock: Clock) -> None:
        self._sessions, self._settings, self._clock = sessions, settings, clock

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        opt = scope["route_handler"].opt
        scope["user"], scope["auth"] = None, None
        known = await self._identify(scope, opt)
        if known is not None:
            scope["user"], scope["auth"] = known.user, known.times
            about(user=known.user.id)
        if not is_public(opt):
            self._admit(known, opt)
        if needs_token(opt) and scope.get("method", "GET") not in csrf.SAFE_METHODS:
            await self._refuse_foreign(Request(scope, receive, send), known)
        scope["state"]["now_real"] = self._clock.real()
        await next_app(scope, receive, send)

    async def _identify(self, scope: Scope, opt: dict[str, Any]) -> Known | None:
        if is_public(opt) and not opt.get("knows_user"):
            return None
        https = is_https(scope, self._settings.trusted_proxies, self._settings.base_url)
        token = ASGIConnection[Any, Any, Any, Any](scope).cookies.get(login_cookie_name(https))
        return await self._sessions.find(token, counts_as_use=opt.get("counts_as_use", True))

    def _admit(self, known: Known | None, opt: dict[str, Any]) -> None:
        if known is None:
            raise SignInNeeded
        if known.user.must_change_password and not opt.get("while_must_change"):
            raise PasswordChangeNeeded

    async def _refuse_foreign(self, request: Request[Any, Any, Any], known: Known | None) -> None:
        csrf.refuse_other_sites(request.headers, self._settings.base_url)
        if known is not None:
            await csrf.refuse_without_token(request, known.user.csrf_token)


def is_public(opt: Mapping[str, Any]) -> bool:
    return bool(opt.get("public") or opt.get("exclude_from_auth"))


def needs_token(opt: Mapping[str, Any]) -> bool:
    return bool(opt.get("csrf", True) and not opt.get("exclude_from_csrf"))


def current_user(connection: Connection) -> SignedIn | None:
    """Who is signed in, also on public pages that look (`"knows_user"`) and on error pages."""
    user = connection.scope.get("user")
    return user if isinstance(user, SignedIn) else None


def provide_user(request: Request[Any, Any, Any]) -> SignedIn:
    user = current_user(request)
    if user is None:
        raise SignInNeeded
    return user


def require_admin(connection: Connection, _handler: BaseRouteHandler) -> None:
    """A guard for admin pages: the role as it is now, and a password typed within the last 12 hours."""
    user = current_user(connection)
    if user is None:
        raise SignInNeeded
    if not user.is_admin:
        raise Denied
    times = connection.scope["auth"]
    if not isinstance(times, LoginTimes) or _is_long_ago(times, connection):
        raise ConfirmationNeeded


def wants_page(connection: Connection) -> bool:
    """Whether a browser asks for a whole page, and so may be sent elsewhere; not a script, not a form."""
    if connection.scope.get("method") not in {"GET", "HEAD"} or "hx-request" in connection.headers:
        return False
    handler: BaseRouteHandler | None = connection.scope.get("route_handler")
    if handler is not None and handler.opt.get("page") is False:
        return False
    mode = connection.headers.get("sec-fetch-mode")
    if mode is not None:
        return mode == "navigate"
    accept = connection.headers.get("accept", "*/*")
    return "text/html" in accept or accept.strip() in {"*/*", ""}


def safe_next(path: str | None) -> str:
    """A path on this site to go on to; anything that could lead elsewhere becomes the front page."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")) or not path.isprintable():
        return "/"
    try:
        parts = urlsplit(path)
    except ValueError:
        return "/"
    return "/" if parts.scheme or parts.netloc or "\\" in path else path


def _is_long_ago(times: LoginTimes, connection: Connection) -> bool:
    return bool(connection.scope["state"]["now_real"] - times.confirmed_at >= CONFIRMED_FOR)
