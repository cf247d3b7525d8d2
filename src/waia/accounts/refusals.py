"""Answers to those whom the gate turns away: pages are led to the right form, scripts get a status."""

from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.response import Redirect
from litestar.types import ExceptionHandlersMap

from waia.accounts.errors import ConfirmationNeeded, PasswordChangeNeeded
from waia.accounts.guards import wants_page
from waia.kit.errors import SignInNeeded, WaiaError

AnyRequest = Request[Any, Any, Any]


def answer_sign_in_needed(request: AnyRequest, error: SignInNeeded) -> Response[Any]:
    """The event lets the page open the login over itself, so that nothing typed is lost."""
    if wants_page(request):
        return Redirect(f"/login?next={_here(request)}", status_code=303)
    return _refusal(error, {"HX-Trigger": "waia:sign-in", "HX-Reswap": "none", "WWW-Authenticate": "Session"})


def answer_password_change_needed(request: AnyRequest, error: PasswordChangeNeeded) -> Response[Any]:
    if wants_page(request):
        return Redirect("/clave", status_code=303)
    return _refusal(error, {"HX-Redirect": "/clave"})


def answer_confirmation_needed(request: AnyRequest, error: ConfirmationNeeded) -> Response[Any]:
    if wants_page(request):
        return Redirect(f"/confirmar?next={_here(request)}", status_code=303)
    return _refusal(error, {"HX-Redirect": "/confirmar"})


EXCEPTION_HANDLERS: "ExceptionHandlersMap" = {
    SignInNeeded: answer_sign_in_needed,
    PasswordChangeNeeded: answer_password_change_needed,
    ConfirmationNeeded: answer_confirmation_needed,
}


def _here(request: AnyRequest) -> str:
    query = request.scope["query_string"].decode("latin-1")
    return quote(request.scope["path"] + (f"?{query}" if query else ""), safe="/")


def _refusal(error: WaiaError, headers: dict[str, str]) -> Response[dict[str, str]]:
    body = {"error": error.code, "message": error.message}
    return Response(body, status_code=error.status, headers=headers)
