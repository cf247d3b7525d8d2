"""What protects every answer: headers and content policy, the host names we answer to, who really asks."""

import hmac
import ipaddress
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from waia.kit.errors import WaiaError
from waia.kit.i18n import N_

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
        "report-uri /csp-report",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
ENCODED = tuple((name.lower().encode(), value.encode()) for name, value in HEADERS.items())
ONLY_HTTPS = "max-age=31536000; includeSubDomains"
FORWARDING = ("x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "forwarded", "via")
LOCAL_NAMES = {"localhost", "127.0.0.1", "::1"}


class WrongHost(WaiaError):
    """The request names a host that is not ours: a proxy set up wrongly, or an attack by DNS."""

    status = 400
    code = "wrong_host"
    message = N_("Esta dirección no está permitida (WAIA_ALLOWED_HOSTS).")


def security_headers(trusted_proxies: Sequence[str], base_url: str) -> Callable[[Message, Scope], Awaitable[None]]:
    """A `before_send` hook for the whole application, so that errors and unknown paths carry the headers too.

    A handler may be stricter or cache longer: what it has set itself stays.
    """

    async def add_headers(message: Message, scope: Scope) -> None:
        if message["type"] != "http.response.start":
            return
        found = message["headers"] = list(message["headers"])
        own = {name.lower() for name, _ in found}
        found += [header for header in ENCODED if header[0] not in own]
        if is_https(scope, trusted_proxies, base_url):
            found.append((b"strict-transport-security", ONLY_HTTPS.encode()))

    return add_headers


class AllowedHosts(ASGIMiddleware):
    """Answers only to the names of `WAIA_ALLOWED_HOSTS` (`*.example.com`: all below it); none means all."""

    scopes = (ScopeType.HTTP, ScopeType.WEBSOCKET, ScopeType.ASGI)

    def __init__(self, names: Sequence[str]) -> None:
        self._names = tuple(name.lower() for name in names)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if self._names and not self.allows(host_name(Headers.from_scope(scope).get("host", ""))):
            raise WrongHost
        await next_app(scope, receive, send)

    def allows(self, host: str) -> bool:
        return any(
            host == name or (name.startswith("*.") and host.endswith(name[1:])) or name == "*" for name in self._names
        )


def constant_time_equal(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode("utf-8", "surrogatepass"), right.encode("utf-8", "surrogatepass"))


def host_name(host: str) -> str:
    """The name of a Host header without its port; `[::1]:5000` gives `::1`. Empty if it cannot be read."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def client_address(scope: Scope, trusted_proxies: Sequence[str]) -> str:
    """Who asks: the peer, or, if that is a proxy we trust, the last X-Forwarded-For hop that is not one."""
    address = _peer(scope)
    if not is_trusted(address, tuple(trusted_proxies)):
        return address
    hops = ",".join(Headers.from_scope(scope).getall("x-forwarded-for", [])).split(",")
    for hop in reversed([hop.strip() for hop in hops if hop.strip()]):
        if not _is_address(hop):
            break
        address = hop
        if not is_trusted(hop, tuple(trusted_proxies)):
            break
    return address


def is_https(scope: Scope, trusted_proxies: Sequence[str], base_url: str) -> bool:
    """Whether the browser's side is encrypted, as the server, a trusted proxy or `BASE_URL` says."""
    if scope["scheme"] in {"https", "wss"}:
        return True
    if not base_url.startswith("https://") and not any(name == b"x-forwarded-proto" for name, _ in scope["headers"]):
        return False  # of every answer it is asked, and of most it is known at once
    headers = Headers.from_scope(scope)
    if headers.get("x-forwarded-proto") == "https" and is_trusted(_peer(scope), tuple(trusted_proxies)):
        return True
    public = urlsplit(base_url)
    return public.scheme == "https" and host_name(headers.get("host", "")) == public.hostname


def is_local(scope: Scope) -> bool:
    """Whether the browser runs on this machine and speaks to us directly, without any proxy in between."""
    headers = Headers.from_scope(scope)
    if any(name in headers for name in FORWARDING):
        return False
    return _is_loopback(_peer(scope)) and host_name(headers.get("host", "")) in LOCAL_NAMES


@lru_cache(maxsize=1024)
def is_trusted(address: str, trusted_proxies: tuple[str, ...]) -> bool:
    if "*" in trusted_proxies:
        return True
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address in trusted_proxies and bool(address)
    return any(found in network for name in trusted_proxies for network in _networks(name))


def _networks(name: str) -> list[Network]:
    try:
        return [ipaddress.ip_network(name, strict=False)]
    except ValueError:
        return []


def _peer(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_loopback(address: str) -> bool:
    return _is_address(address) and ipaddress.ip_address(address).is_loopback
