"""Every answer is protected, errors included, and only our own host names are answered."""

from collections.abc import Callable

import pytest
from litestar.types import HTTPScope, Scope

from tests.accounts.world import World
from waia.kit.csp_report import Sampler
from waia.kit.security import client_address, is_local

ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'; report-uri /csp-report"
)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/login", 200),
        ("GET", "/sample/page", 303),
        ("GET", "/sample/stream", 401),
        ("GET", "/nowhere", 404),
        ("PATCH", "/login", 405),
        ("POST", "/login", 403),
        ("GET", "/sample/broken", 500),
        ("TRACE", "/login", 405),
        ("OPTIONS", "/sample/page", 401),
    ],
)
async def test_every_answer_carries_the_headers(world: World, method: str, path: str, status: int) -> None:
    answer = await world.browser().request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-security-policy"] == POLICY
    assert ALWAYS.items() <= answer.headers.items()
    assert "strict-transport-security" not in answer.headers
    assert "server" not in answer.headers
    assert "access-control-allow-origin" not in answer.headers


async def test_an_error_tells_nothing_about_the_inside(world: World) -> None:
    answer = await world.browser().get("/sample/broken")
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


async def test_https_is_promised_for_a_year_where_it_is_used(make_world: Callable[..., World]) -> None:
    world = make_world(base_url="https://chat.example.com", trusted_proxies=("127.0.0.1",))
    promise = {"strict-transport-security": "max-age=31536000; includeSubDomains"}.items()
    direct = await world.browser(host="https://chat.test").get("/nowhere")
    assert promise <= direct.headers.items()
    proxied = world.browser(address="127.0.0.1", headers={"X-Forwarded-Proto": "https"})
    assert promise <= (await proxied.get("/nowhere")).headers.items()
    public = world.browser(host="http://chat.example.com")
    assert promise <= (await public.get("/nowhere")).headers.items()
    liar = world.browser(headers={"X-Forwarded-Proto": "https"})
    assert "strict-transport-security" not in (await liar.get("/nowhere")).headers


@pytest.mark.parametrize(
    ("host", "answered"),
    [
        ("chat.example.com", True),
        ("CHAT.example.com:5000", True),
        ("a.branch.example.com", True),
        ("branch.example.com", False),
        ("example.com", False),
        ("chat.example.com.evil.test", False),
        ("evil.test", False),
        ("[::1", False),
        ("", False),
    ],
)
async def test_only_allowed_host_names_are_answered(
    make_world: Callable[..., World], host: str, answered: bool
) -> None:
    world = make_world(allowed_hosts=("chat.example.com", "*.branch.example.com"))
    answer = await world.browser().get("/login", headers={"Host": host})
    assert answer.status_code == (200 if answered else 400)


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "198.51.100.1, nonsense", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", ", ,", "10.0.0.1"),
        ("::1", "2001:db8::1", "2001:db8::1"),
    ],
)
def test_only_a_trusted_proxy_may_say_who_asks(peer: str, forwarded: str, found: str) -> None:
    scope = _scope(peer, [(b"x-forwarded-for", forwarded.encode())] if forwarded else [])
    assert client_address(scope, ("10.0.0.0/8", "::1")) == found


@pytest.mark.parametrize(
    ("peer", "headers", "local"),
    [
        ("127.0.0.1", [(b"host", b"localhost:5000")], True),
        ("127.0.0.1", [(b"host", b"127.0.0.1")], True),
        ("::1", [(b"host", b"[::1]:5000")], True),
        ("127.0.0.1", [(b"host", b"evil.test")], False),
        ("127.0.0.1", [(b"host", b"localhost.evil.test")], False),
        ("127.0.0.1", [], False),
        ("203.0.113.7", [(b"host", b"localhost")], False),
        ("127.0.0.1", [(b"host", b"localhost"), (b"x-forwarded-for", b"127.0.0.1")], False),
        ("127.0.0.1", [(b"host", b"localhost"), (b"forwarded", b"for=1.2.3.4")], False),
        ("", [(b"host", b"localhost")], False),
    ],
)
def test_a_browser_on_this_machine_is_recognised(peer: str, headers: list[tuple[bytes, bytes]], local: bool) -> None:
    assert is_local(_scope(peer, headers)) is local


@pytest.mark.parametrize(
    "body",
    [
        b'{"csp-report": {"document-uri": "http://x/chats/1?q=secreto", "violated-directive": "img-src"}}',
        b"",
        b"[]",
        b"nonsense",
        b'{"csp-report": 1}',
        b'{"csp-report": {"document-uri": "http://["}}',
        b"[" * 5_000,
    ],
)
async def test_reports_of_violations_are_taken_from_anybody(world: World, body: bytes) -> None:
    answer = await world.browser().post(
        "/csp-report", content=body, headers={"Content-Type": "application/csp-report", "Origin": "null"}
    )
    assert answer.status_code == 204


async def test_a_report_that_is_too_long_is_refused(world: World) -> None:
    assert (await world.browser().post("/csp-report", content=b"x" * 20_000)).status_code == 413


def test_a_flood_of_reports_becomes_a_few_lines() -> None:
    sampler = Sampler(seconds=10)
    passed = [second for second in range(25) if sampler.lets_through(second)]
    assert passed == [0, 10, 20]
    assert sampler.dropped == 22


def _scope(peer: str, headers: list[tuple[bytes, bytes]]) -> Scope:
    scope: HTTPScope = {"type": "http", "scheme": "http", "headers": headers, "client": (peer, 1)}  # type: ignore[typeddict-item]
    return scope
