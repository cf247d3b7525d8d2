"""What browsers keep of waia: compressed, named by content, asked for again otherwise, and nothing that is private."""

import gzip
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.chats.panel_world import Shop
from waia.app.composition import create_app
from waia.kit.files import asset, static_dir, vendor

BROWSER = {"accept-encoding": "gzip, br"}


@pytest.fixture
async def http(tmp_path: Path, sqlite_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A stranger's browser."""
    shop = await Shop.open(tmp_path, sqlite_url)
    transport = httpx.ASGITransport(create_app(shop.parts.settings, loops=False, parts=shop.parts))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://chat.test") as http:
        yield http
    await shop.close()


async def test_text_travels_compressed_and_is_kept_for_ever_under_its_hash(http: httpx.AsyncClient) -> None:
    for address in (asset("css/tokens.css"), asset("js/main.js"), vendor("htmx.min.js"), asset("app.webmanifest")):
        file = (static_dir() / address.removeprefix("/static/").partition("?")[0]).read_bytes()
        async with http.stream("GET", address, headers=BROWSER) as answer:
            sent = b"".join([part async for part in answer.aiter_raw()])
        assert answer.headers["content-encoding"] == "gzip"
        assert gzip.decompress(sent) == file
        assert len(sent) == int(answer.headers["content-length"]) < len(file)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["vary"] == "Accept-Encoding"
        plain = await http.get(address, headers={"accept-encoding": "identity"})
        assert ("content-encoding" in plain.headers, plain.content) == (False, file)
        assert plain.headers["etag"] != answer.headers["etag"]


async def test_what_has_no_hash_or_an_old_one_is_asked_for_again(http: httpx.AsyncClient) -> None:
    for address in ("/static/css/tokens.css", "/static/css/tokens.css?v=00000000", "/static/icons/icon-192.png"):
        first = await http.get(address, headers=BROWSER)
        assert (first.status_code, first.headers["cache-control"]) == (200, "public, no-cache")
        again = await http.get(address, headers={**BROWSER, "if-none-match": f'"x", {first.headers["etag"]}'})
        assert (again.status_code, again.content) == (304, b"")
    head = await http.head("/static/icon.svg", headers={"accept-encoding": "identity"})
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) == (static_dir() / "icon.svg").stat().st_size


@pytest.mark.parametrize(
    "path",
    ["nada.css", "../pyproject.toml", "%2e%2e/pyproject.toml", "css", "", "css/%00", "%0a", "a" * 300, "/etc/passwd"],
)
async def test_nothing_else_is_served(http: httpx.AsyncClient, path: str) -> None:
    assert (await http.get(f"/static/{path}")).status_code == 404


async def test_the_manifest_names_icons_that_are_there(http: httpx.AsyncClient) -> None:
    answer = await http.get(asset("app.webmanifest"))
    assert answer.headers["content-type"].startswith("application/manifest+json")
    manifest = json.loads(answer.text)
    assert (manifest["scope"], manifest["display"]) == ("/", "standalone")
    for icon in manifest["icons"]:
        drawn = await http.get(f"/static/{icon['src']}")
        assert (drawn.status_code, drawn.headers["content-type"].partition(";")[0]) == (200, icon["type"])


async def test_the_service_worker_rules_from_the_root_and_is_looked_for_each_time(http: httpx.AsyncClient) -> None:
    answer = await http.get("/sw.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    assert "worker-src 'self'" in answer.headers["content-security-policy"]
    page = await http.get("/sin-conexion")
    assert page.status_code == 200
    kept = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
    assert len(kept) > 5
    for address in kept:
        assert (await http.get(address)).status_code == 200
