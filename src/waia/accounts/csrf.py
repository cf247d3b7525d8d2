"""Tells requests of our own pages from those that another site's page sends with the user's cookie."""

from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.datastructures import Headers

from waia.accounts.errors import ForeignRequest
from waia.kit.security import constant_time_equal, host_name

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
HEADER = "x-csrf-token"
FIELD = "_csrf"
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


def refuse_other_sites(headers: Headers, base_url: str) -> None:
    """What the browser says about where the request comes from; older ones send only Origin.

    `Origin: null` says nothing here: it is what our own forms send under `Referrer-Policy: no-referrer`.
    """
    fetch_site = headers.get("sec-fetch-site")
    if fetch_site is not None:
        if fetch_site not in {"same-origin", "none"}:
            raise ForeignRequest
        return
    origin = headers.get("origin", "null")
    if origin != "null" and not _is_own(origin, headers.get("host", ""), base_url):
        raise ForeignRequest


async def refuse_without_token(request: Request[Any, Any, Any], token: str) -> None:
    if not constant_time_equal(await sent_token(request), token):
        raise ForeignRequest


async def sent_token(request: Request[Any, Any, Any]) -> str:
    """From the header that htmx sends, else from the hidden field of a plain form; empty if there is none."""
    header = request.headers.get(HEADER)
    return header if header is not None else await form_token(request)


async def form_token(request: Request[Any, Any, Any]) -> str:
    if not request.headers.get("content-type", "").lower().startswith(FORM_TYPES):
        return ""
    field = (await request.form()).get(FIELD)
    return field if isinstance(field, str) else ""


def _is_own(origin: str, host: str, base_url: str) -> bool:
    try:
        sender = urlsplit(origin)
        same_port = sender.netloc.lower() == host.lower() or sender.netloc == urlsplit(base_url).netloc
    except ValueError:
        return False
    return sender.scheme in {"http", "https"} and same_port and bool(host_name(sender.netloc))
