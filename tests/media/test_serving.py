"""Who opens which file, and with which headers: nothing runs, nothing leaks, players may jump."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import quote, unquote
from uuid import uuid4

import pytest
from sqlalchemy import select

from tests.chats.panel_world import NOW, Shop
from tests.media.corpora import FILENAMES, POLYGLOTS, SVG, TRAVERSALS
from tests.media.shelf import put_file
from tests.programs import need, need_root
from waia.accounts.audit import verify
from waia.accounts.models import AuditEntry
from waia.media.values import Scope

VOICE = b"OggS" + bytes(24) + b"OpusHead\x01\x01" + bytes(range(256)) * 40
NAMES = [
    "Cotización ñandú.pdf", "文件.pdf", "العربية.pdf", "Ελληνικά ωραία.pdf", "می\u200cخواهم.pdf",
    "👩\u200d👧 fotos 🎉.pdf", "50% de descuento; v'1 (final).pdf",
]  # fmt: skip
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


@pytest.fixture
async def shop(tmp_path: Path, database_url: str) -> AsyncIterator[Shop]:
    shop = await Shop.open(tmp_path, database_url)
    yield shop
    await shop.close()


@pytest.mark.parametrize("scope", list(Scope))
async def test_media_id_swap_across_roles(shop: Shop, scope: Scope) -> None:
    """I16: Ana sells, Beto is admin, Dora may see nothing; each asks for each. Foreign and missing look the same."""
    may = {
        Scope.CHAT: {"ana": 200, "beto": 200, "dora": 404},
        Scope.RULE: {"ana": 404, "beto": 200, "dora": 404},
        Scope.REPLY: {"ana": 200, "beto": 200, "dora": 200},
        Scope.DRAFT: {"ana": 200, "beto": 404, "dora": 404},
    }
    chat_id = await shop.add_chat()
    file = await put_file(shop, VOICE, chat_id=chat_id, scope=scope, owner="ana")
    for name, status in may[scope].items():
        async with shop.browser(name) as browser:
            found = await browser.http.get(file.address)
            missing = await browser.http.get(f"/media/{uuid4().hex}")
            assert found.status_code == status
            assert missing.status_code == 404
            if status == 404:
                assert (await browser.http.head(file.address)).status_code == 404
                assert len(found.content) == len(missing.content)


async def test_c03_anonymous_gets_401_and_a_lost_role_closes_the_file(shop: Shop) -> None:
    """C3, I17: an address that leaked opens nothing, and not for ever."""
    chat_id = await shop.add_chat()
    file = await put_file(shop, VOICE, chat_id=chat_id)
    async with shop.browser("ana") as ana:
        assert (await ana.http.get(file.address)).status_code == 200
        await shop.take_role_from_chat(chat_id)
        assert (await ana.http.get(file.address)).status_code == 404
        ana.http.cookies.clear()
        for address in (file.address, "/static/uploads/x.jpg"):
            assert (await ana.http.get(address)).status_code == 401
        replies = await ana.http.get(f"/chats/{chat_id}/respuestas", headers={"accept": "application/json"})
        assert replies.status_code == 401, "quick replies were public too"


async def test_every_header_that_keeps_a_file_harmless(shop: Shop) -> None:
    chat_id = await shop.add_chat()
    file = await put_file(shop, VOICE, chat_id=chat_id, filename="nota.ogg", mime="audio/ogg")
    async with shop.browser("ana") as ana:
        told = (await ana.http.get(file.address)).headers
        head = await ana.http.head(file.address)
    assert told["content-type"] == "audio/ogg"
    assert told["content-security-policy"] == POLICY
    assert told["x-content-type-options"] == "nosniff"
    assert told["cross-origin-resource-policy"] == "same-origin"
    assert told["cache-control"] == "private, no-store"
    assert told["accept-ranges"] == "bytes"
    assert told["content-disposition"].startswith("inline; ")
    assert head.content == b""
    assert head.headers["content-length"] == told["content-length"] == str(len(VOICE))


@pytest.mark.parametrize("name", POLYGLOTS)
async def test_svg_html_never_inline_and_polyglots_are_inert(shop: Shop, name: str) -> None:
    """I14: the type is ours, sniffing is off, and what is shown in place is never a document that runs."""
    chat_id = await shop.add_chat()
    for filename in ("foto.jpg", "x.html", "x.svg", "foto.jpg.html", "doc.pdf\0.html"):
        file = await put_file(shop, POLYGLOTS[name], chat_id=chat_id, filename=filename, mime="image/jpeg")
        async with shop.browser("ana") as ana:
            answer = await ana.http.get(file.address)
        assert answer.content == POLYGLOTS[name]
        told = answer.headers
        is_inline = told["content-disposition"].startswith("inline")
        assert is_inline == (name in {"gifar", "png_php", "jpeg_html", "ogg_html"})
        if is_inline:
            assert told["content-type"].startswith(("image/", "audio/"))
            assert ".html" not in told["content-disposition"].rpartition(".")[1:][1]
        assert (told["content-security-policy"], told["x-content-type-options"]) == (POLICY, "nosniff")


async def test_c11_a_svg_that_calls_itself_a_photo_is_a_download(shop: Shop) -> None:
    """And so is everything that a browser could run."""
    chat_id = await shop.add_chat()
    file = await put_file(shop, SVG, chat_id=chat_id, filename="foto.png", mime="image/png")
    async with shop.browser("ana") as ana:
        told = (await ana.http.get(file.address)).headers
    assert told["content-type"] == "image/svg+xml"
    assert told["content-disposition"].startswith("attachment; ")


async def test_filename_xss_everywhere(shop: Shop) -> None:
    """I15, N18: names of any kind stay one header, and come back readable in their own script."""
    chat_id = await shop.add_chat()
    assert len(FILENAMES) >= 100
    async with shop.browser("ana") as ana:
        for name in FILENAMES:
            file = await put_file(shop, b"%PDF-1.4 x", chat_id=chat_id, filename=name)
            answer = await ana.http.get(file.address)
            assert answer.status_code == 200, name
            told = answer.headers["content-disposition"]
            kind, plain, extended = told.split("; ")
            assert kind == "attachment"
            assert plain.startswith('filename="')
            assert plain.count('"') == 2
            assert told.isascii()
            assert told.isprintable()
            shown = unquote(extended.removeprefix("filename*=UTF-8''"), errors="strict")
            assert not set(shown) & set('/\\"\r\n\0\u202e'), name
            assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("name", NAMES)
async def test_a_name_in_any_script_stays_intact(shop: Shop, name: str) -> None:
    chat_id = await shop.add_chat()
    file = await put_file(shop, b"%PDF-1.4 x", chat_id=chat_id, filename=name)
    async with shop.browser("ana") as ana:
        told = (await ana.http.get(file.address)).headers["content-disposition"]
    assert told.endswith(f"filename*=UTF-8''{quote(name, safe='')}")


async def test_a_quotation_mark_becomes_a_sign_that_every_disk_takes(shop: Shop) -> None:
    file = await put_file(shop, b"%PDF-1.4 x", chat_id=await shop.add_chat(), filename='el "bueno".pdf')
    async with shop.browser("ana") as ana:
        told = (await ana.http.get(file.address)).headers["content-disposition"]
    assert told == "attachment; filename=\"el _bueno_.pdf\"; filename*=UTF-8''el%20_bueno_.pdf"


async def test_traversal_corpus(shop: Shop, tmp_path: Path) -> None:
    """I18, F52, N18: 200 names at both addresses, as they are and encoded; the secret beside the root stays there."""
    secret = b"the-secret-beside-the-root"
    for folder in (tmp_path, tmp_path / "media"):
        (folder / "secret").parent.mkdir(exist_ok=True)
        (folder / "secret").write_bytes(secret)
    async with shop.browser("beto") as beto, opened(tmp_path / "calls") as calls:
        for name in TRAVERSALS:
            for below in ("/media/", "/static/uploads/", "/static/"):
                answer = await beto.http.get(below + quote(name, safe=""))
                led_home = answer.url.path == "/"  # the client itself took `..` away
                assert led_home or answer.status_code in {400, 404, 405}, (below, name)
                assert secret not in answer.content
        _open_once(tmp_path / "the-last-open")
    tried = calls.read_text()
    assert "the-last-open" in tried, "somebody looked"
    goals = ("secret", "passwd", "/proc/self/environ", ".env", "win.ini", "host", "CON", "..")
    assert not [line for line in tried.splitlines() if any(goal in _path_in(line) for goal in goals)]


@asynccontextmanager
async def opened(log: Path) -> AsyncIterator[Path]:
    """Every file that this process tries to open meanwhile, by strace."""
    need_root("to look over its own shoulder")
    asked = ("-f", "-e", "trace=open,openat,openat2", "-o", str(log), "-p", str(os.getpid()))
    tracer = await asyncio.create_subprocess_exec(need("strace"), *asked, stderr=asyncio.subprocess.PIPE)
    assert tracer.stderr is not None
    assert b"attached" in await tracer.stderr.readline()
    try:
        yield log
    finally:
        tracer.terminate()
        await tracer.communicate()


def _open_once(path: Path) -> None:
    path.write_bytes(b"")


def _path_in(line: str) -> str:
    """The path of `openat(AT_FDCWD, "/a/b", O_RDONLY) = 3`."""
    return line.partition('"')[2].partition('"')[0]


@pytest.mark.parametrize(
    ("told", "status", "start", "length"),
    [
        ("bytes=0-0", 206, 0, 1),
        ("bytes=0-", 206, 0, None),
        ("bytes=100-199", 206, 100, 100),
        ("bytes=-10", 206, -10, 10),
        ("bytes=-99999999", 206, 0, None),
        ("bytes=100-99999999", 206, 100, None),
        ("bytes=0-1,5-6", 200, 0, None),
        ("bytes=5-2", 200, 0, None),
        ("bytes=x-", 200, 0, None),
        ("items=0-1", 200, 0, None),
        ("bytes=-", 200, 0, None),
        ("bytes=99999999-", 416, 0, 0),
        ("bytes=-0", 416, 0, 0),
        ("bytes=" + "9" * 30 + "-", 200, 0, None),
    ],
)
async def test_a_player_may_ask_for_one_part(
    shop: Shop, told: str, status: int, start: int, length: int | None
) -> None:
    """Safari plays nothing without this."""
    file = await put_file(shop, VOICE, chat_id=await shop.add_chat())
    async with shop.browser("ana") as ana:
        answer = await ana.http.get(file.address, headers={"range": told})
    assert answer.status_code == status
    if status == 416:
        assert answer.headers["content-range"] == f"bytes */{len(VOICE)}"
        return
    wanted = VOICE[start:][:length] if length else VOICE[start:]
    assert answer.content == wanted
    assert answer.headers["content-length"] == str(len(wanted))
    if status == 206:
        first = start % len(VOICE)
        assert answer.headers["content-range"] == f"bytes {first}-{first + len(wanted) - 1}/{len(VOICE)}"


async def test_a_browser_that_has_it_is_told_so(shop: Shop) -> None:
    file = await put_file(shop, VOICE, chat_id=await shop.add_chat())
    async with shop.browser("ana") as ana:
        first = await ana.http.get(file.address)
        tag, modified = first.headers["etag"], first.headers["last-modified"]
        assert modified == format_datetime(NOW, usegmt=True)
        for headers, status in (
            ({"if-none-match": tag}, 304),
            ({"if-none-match": f'"other", W/{tag}'}, 304),
            ({"if-none-match": "*"}, 304),
            ({"if-none-match": '"other"', "if-modified-since": modified}, 200),
            ({"if-modified-since": modified}, 304),
            ({"if-modified-since": "Mon, 01 Jan 2001 00:00:00 GMT"}, 200),
            ({"if-modified-since": "yesterday"}, 200),
            ({"range": "bytes=0-9", "if-range": tag}, 206),
            ({"range": "bytes=0-9", "if-range": modified}, 206),
            ({"range": "bytes=0-9", "if-range": f"W/{tag}"}, 200),
            ({"range": "bytes=0-9", "if-range": '"other"'}, 200),
        ):
            answer = await ana.http.get(file.address, headers=headers)
            assert answer.status_code == status, headers
            assert answer.headers["etag"] == tag
            assert (answer.content == b"") == (status == 304)


async def test_an_old_address_leads_to_the_file_for_whoever_may_see_it(shop: Shop) -> None:
    """R32, G4: `…/static/uploads/<file>` of the former application, wherever MEDIA_ROOT lies now."""
    file = await put_file(shop, VOICE, chat_id=await shop.add_chat(), filename="1234567890.ogg")
    async with shop.browser("ana") as ana, shop.browser("dora") as dora:
        led = await ana.http.get("/static/uploads/1234567890.ogg")
        assert (led.status_code, led.headers["location"]) == (302, file.address)
        for browser, name in ((dora, "1234567890.ogg"), (ana, "other.ogg"), (ana, "..%2f1234567890.ogg")):
            assert (await browser.http.get(f"/static/uploads/{name}")).status_code == 404
        assert (await ana.http.get("/static/icon.svg")).status_code == 200


async def test_a_file_that_is_lost_or_still_coming_is_a_404_and_no_error(shop: Shop) -> None:
    file = await put_file(shop, VOICE, chat_id=await shop.add_chat())
    await shop.parts.storage.remove(file.key)
    async with shop.browser("ana") as ana:
        assert (await ana.http.get(file.address)).status_code == 404
        assert (await ana.http.get(f"{file.address}?v=thumb")).status_code == 404
        assert (await ana.http.get(f"{file.address}?v=../x")).status_code == 404


async def test_taking_a_document_is_in_the_trail_once(shop: Shop) -> None:
    file = await put_file(shop, b"%PDF-1.4 x", chat_id=await shop.add_chat(), filename="a.pdf")
    async with shop.browser("ana") as ana:
        await ana.http.get(file.address)
        await ana.http.get(file.address, headers={"range": "bytes=0-3"})
        await ana.http.head(file.address)
    async with shop.parts.database.reading() as tx:
        rows = (await tx.execute(select(AuditEntry.subject).where(AuditEntry.action == "media.download"))).scalars()
        assert list(rows) == [f"media {file.public_id}"]
        assert (await verify(tx)).intact
