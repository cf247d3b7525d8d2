"""Answers to errors: a page for people, a toast for a part of a page, a line of JSON for programs."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import structlog
from litestar import Request, Response
from litestar.background_tasks import BackgroundTask
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandler
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from waia.accounts import audit
from waia.accounts.csrf import SAFE_METHODS
from waia.accounts.guards import current_user
from waia.accounts.signed_in import SignedIn
from waia.app.installation import asked
from waia.app.requests import route_of
from waia.kit.db import Transaction
from waia.kit.errors import Denied, WaiaError
from waia.kit.i18n import N_, translator
from waia.kit.logs import cause
from waia.kit.render import Page, choose_language

PAGES = {403: "errors/403.html", 404: "errors/404.html", 503: "errors/503.html"}
WORDS = {
    400: N_("La petición no se entiende."),
    403: N_("No tienes permiso para hacer esto."),
    404: N_("No existe o no tienes acceso."),
    405: N_("Eso no se puede hacer aquí."),
    413: N_("Es demasiado grande."),
    422: N_("Revisa los datos."),
    429: N_("Demasiados intentos. Espera un momento."),
    503: N_("No disponible por un momento."),
}
SERVER_FAULT = N_("Algo falló de nuestro lado.")
log = structlog.get_logger()
AnyRequest = Request[Any, Any, Any]


def answer_known(request: AnyRequest, error: WaiaError) -> Response[Any]:
    answer = _answer(request, error.status, error.code, error.message, values=error.values)
    user = current_user(request)
    if isinstance(error, Denied) and user is not None and request.method not in SAFE_METHODS:
        answer.background = BackgroundTask(_note_denied, request, user, error.code)
    return answer


def answer_http(request: AnyRequest, error: HTTPException) -> Response[Any]:
    status = 422 if error.status_code == 400 and error.extra else error.status_code
    return _answer(request, status, f"http_{status}", WORDS.get(status, SERVER_FAULT))


def answer_database(request: AnyRequest, error: Exception) -> Response[Any]:
    """The database is away or busy: nothing was changed, and trying again is right."""
    log.warning("database_unavailable", **cause(error), route=route_of(request.scope))
    return _answer(request, 503, "unavailable", WORDS[503])


def answer_unexpected(request: AnyRequest, error: Exception) -> Response[Any]:
    reference = uuid4().hex[:8]
    log.error("unexpected_error", reference=reference, route=route_of(request.scope), exc_info=error)
    return _answer(request, 500, "unexpected", SERVER_FAULT, reference)


EXCEPTION_HANDLERS: "Mapping[Any, ExceptionHandler[Any]]" = {
    WaiaError: answer_known,
    HTTPException: answer_http,
    DBAPIError: answer_database,
    PoolTimeout: answer_database,
    Exception: answer_unexpected,
}


async def _note_denied(request: AnyRequest, user: SignedIn, code: str) -> None:
    """Who tried to change what is not theirs to change is in the trail; looking at a page is not worth it."""
    accounts = asked(request.scope).parts.accounts
    path, address = request.scope["path"][:120], accounts.visitor(request).address

    async def work(tx: Transaction) -> None:
        now = accounts.clock.real()
        await audit.record(tx, user, "denied", subject=path, details={"why": code}, address=address, now=now)

    try:
        await accounts.database.run(work)
    except (DBAPIError, PoolTimeout) as failure:
        log.warning("denial_not_noted", **cause(failure))


def _answer(
    request: AnyRequest,
    status: int,
    code: str,
    message: str,
    reference: str = "",
    values: Mapping[str, object] | None = None,
) -> Response[Any]:
    page = _page(request)
    said = translator(page.language).gettext(message)
    said = said % values if values else said
    headers = {"Retry-After": "5"} if status == 503 else {}
    if "hx-request" in request.headers:
        toast = {"HX-Retarget": "#toasts", "HX-Reswap": "beforeend", **headers}
        return page.html("errors/_toast.html", status=status, headers=toast, message=said, reference=reference)
    if "text/html" not in request.headers.get("accept", "") or _is_for_programs(request):
        body = {"error": code, "message": said}
        return Response(body, status_code=status, headers=headers)
    template = PAGES.get(status, "errors/500.html" if status >= 500 else "errors/404.html")
    return page.html(template, status=status, headers=headers, message=said, reference=reference)


def _is_for_programs(request: AnyRequest) -> bool:
    handler: Any = request.scope.get("route_handler")
    return handler is not None and handler.opt.get("page") is False


def _page(request: AnyRequest) -> Page:
    parts, user = asked(request.scope).parts, current_user(request)
    wanted = user.language if user else None
    language = choose_language(request.headers.get("accept-language"), wanted, parts.settings.lang)
    token = user.csrf_token if user else ""
    return Page(parts.pages, language=language, user=user, csrf_token=token, path=request.scope["path"])
