"""Addresses of files that an owner types: looked at with one bounded request, and copied when asked."""

from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest

from tests.chats.panel_world import Answer, Browser, Shop
from waia.kit.places import Place
from waia.media.limits import MB
from waia.media.links import Links, LinkTrouble

PICTURE = (Path(__file__).parents[2] / "static/demo/cuarzo.jpg").read_bytes()
ANSWERS: dict[str, tuple[int, dict[str, str], bytes]] = {
    "/foto.jpg": (200, {"Content-Type": "application/octet-stream"}, PICTURE),
    "/pagina.jpg": (200, {"Content-Type": "text/html"}, b"<!doctype html><title>Foto</title>"),
    "/enorme.jpg": (200, {"Content-Type": "image/jpeg"}, PICTURE + bytes(6 * MB)),
    "/mudada.jpg": (302, {"Location": "http://example.com/otra.jpg"}, b""),
    "/privada.jpg": (403, {}, b""),
    "/plano.pdf": (200, {"Content-Type": "application/pdf"}, b"%PDF-1.4\n1 0 obj\n"),
}


@dataclass
class Site:
    """Somebody else's server. `asked` are the paths and hosts of the requests that reached it."""

    port: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def place_of(self, url: str) -> Place:
        """As if the name led to it."""
        parts = urlsplit(url)
        return Place(f"http://{parts.hostname}:{self.port}{parts.path}", parts.hostname or "", "127.0.0.1")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.path, self.headers["Host"]))
            status, headers, body = ANSWERS[self.path]
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.close_connection = True
            with suppress(ConnectionError):  # who has seen enough goes
                self.wfile.write(body)

        def log_message(self, *_told: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.port = server.server_port
    Thread(target=server.serve_forever, daemon=True).start()
    yield site
    server.shutdown()
    server.server_close()


@pytest.fixture
async def beto(tmp_path: Path, database_url: str, site: Site) -> AsyncIterator[Browser]:
    shop = await Shop.open(tmp_path, database_url)
    shop.parts.links = Links(site.place_of)
    async with shop.browser("beto") as browser:
        yield browser
    await shop.close()


async def look(beto: Browser, path: str) -> Answer:
    return await beto.act("POST", "/reglas/enlaces?tipo=image", new_media=f"https://fotos.example{path}")


async def test_a_file_that_is_there_is_taken_as_what_its_bytes_say_and_asked_for_once(
    beto: Browser, site: Site
) -> None:
    site.asked.clear()
    answer = await look(beto, "/foto.jpg")
    assert answer.page.where(name="media_mime")[0]["value"] == "image/jpeg"
    assert answer.page.where(name="media_url")[0]["value"] == "https://fotos.example/foto.jpg"
    assert "Copiar a waia" in answer.page.text()
    assert site.asked == [("/foto.jpg", f"fotos.example:{site.port}")]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/pagina.jpg", "hay una página web"),
        ("/enorme.jpg", "Pesa más de lo que WhatsApp admite"),
        ("/mudada.jpg", "lleva a otra"),
        ("/privada.jpg", "no entrega ese archivo"),
        ("/plano.pdf", "otro tipo de archivo"),
    ],
)
async def test_what_whatsapp_would_not_take_is_said_beside_the_address_that_stays(
    beto: Browser, path: str, words: str
) -> None:
    answer = await look(beto, path)
    assert answer.status == 200
    assert words in answer.page.text()
    assert answer.page.where(name="media_url")[0]["value"].endswith(path)
    assert ("Copiar a waia" in answer.page.text()) == (path == "/enorme.jpg")


async def test_where_nobody_answers_is_told() -> None:
    link = await Links(Site(port=9).place_of).look("https://fotos.example/foto.jpg", "image")
    assert link.trouble is LinkTrouble.UNREACHABLE


async def test_a_copy_is_ours_from_then_on_and_of_the_rules_kind(beto: Browser) -> None:
    copied = await beto.act("POST", "/reglas/copias?tipo=image", new_media="https://fotos.example/foto.jpg")
    assert copied.status == 201
    here = copied.page.where(name="media_url")[0]["value"]
    assert here.startswith("/media/")
    assert (await beto.http.get(here)).content == PICTURE
    page = await beto.act("POST", "/reglas/copias?tipo=image", new_media="https://fotos.example/pagina.jpg")
    assert page.page.where(name="media_url")[0]["value"].endswith("/pagina.jpg")
    assert "no se envían páginas web" in page.page.text()


async def test_an_upload_of_another_kind_than_the_rule_sends_is_refused_in_words(beto: Browser) -> None:
    headers = {"hx-request": "true", "x-csrf-token": beto.csrf, "content-type": "image/jpeg"}
    answer = await beto.http.post("/reglas/archivos?tipo=video&nombre=a.jpg", content=PICTURE, headers=headers)
    assert (answer.status_code, answer.json()["message"][:16]) == (422, "No es un video. ")
