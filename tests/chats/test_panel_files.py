"""Files in the conversation: where they are, how large they are drawn, and why one is not here."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.chats.panel_world import Html, Shop
from waia.chats.panel.files import box
from waia.kit.i18n import format_length, format_size
from waia.kit.queue import due_keys
from waia.media.models import Media


@pytest.fixture
async def shop(tmp_path: Path, database_url: str) -> AsyncIterator[Shop]:
    shop = await Shop.open(tmp_path, database_url)
    yield shop
    await shop.close()


async def _drawn(shop: Shop, kind: str, mime: str, details: Any = None, **values: Any) -> tuple[Html, int, str]:
    """The page of a chat with one file, the message's id and the address of the file."""
    chat = await shop.add_chat()
    message = await shop.add_message(chat, "", kind=kind, details=details or {}, mime_type=mime)
    public_id = await shop.add_file(chat, message, mime, **values)
    async with shop.browser("ana") as ana:
        page = (await ana.get(f"/chats/{chat}")).page
    return page, message, f"/media/{public_id}"


async def test_a_picture_has_its_space_before_it_loads_and_opens_in_full(shop: Shop) -> None:
    page, _, address = await _drawn(shop, "image", "image/jpeg", thumb_key="ab/t")
    (image,) = page.where(src=f"{address}?v=thumb")
    assert (image["width"], image["height"]) == ("320", "240")
    assert page.where(href=address, data_lightbox="")


async def test_a_film_waits_to_be_started(shop: Shop) -> None:
    page, message, address = await _drawn(shop, "video", "video/mp4", thumb_key="ab/t", duration_ms=61_000)
    (film,) = page.where(src=address)
    assert film[""] == "video"
    assert film["poster"] == f"{address}?v=thumb"
    assert "controls" in film
    assert "autoplay" not in film
    assert "1:01 · 205 kB" in page.text(f"message-{message}")


async def test_a_voice_note_tells_its_length_and_has_a_second_source(shop: Shop) -> None:
    known = {"duration_ms": 14_400, "playable_key": "ab/m4a", "voice": True}
    page, message, address = await _drawn(shop, "voice", "audio/ogg", **known)
    assert [source["src"] for source in page.where(_="source")] == [address, f"{address}?v=play"]
    assert page.where(data_sound="", aria_label="Mensaje de voz")
    assert "0:14" in page.text(f"message-{message}")
    assert not page.where(autoplay="")


async def test_a_document_is_offered_by_name_type_and_size(shop: Shop) -> None:
    name = "Presupuesto año 2026 \u202efdp.xlsx"
    page, message, address = await _drawn(shop, "document", "application/pdf", {"filename": name}, size=1_234_567)
    assert page.where(href=address, download="Presupuesto año 2026 [RLO]fdp.xlsx")
    assert "XLSX · 1,2 MB" in page.text(f"message-{message}")


async def test_a_sticker_keeps_still_for_who_asked_for_less_motion(shop: Shop) -> None:
    page, _, address = await _drawn(shop, "sticker", "image/webp", file_kind="sticker", animated=True, thumb_key="ab/t")
    assert page.where(_="img", src=address)
    assert page.where(srcset=f"{address}?v=thumb")[0]["media"] == "(prefers-reduced-motion: reduce)"


async def test_a_picture_that_would_fill_the_memory_of_a_browser_is_a_document(shop: Shop) -> None:
    page, _, address = await _drawn(shop, "image", "image/png", width=30_000, height=30_000)
    assert page.where(href=address, download="")
    assert not page.where(_="img", src=address)


async def test_a_picture_that_no_browser_shows_is_a_document(shop: Shop) -> None:
    page, _, address = await _drawn(shop, "image", "image/tiff")
    assert page.where(href=address, download="")
    assert not page.where(src=address)


@pytest.mark.parametrize(
    ("state", "reason", "words", "can_ask"),
    [
        ("pending", "", "Descargando…", False),
        ("pending", "network", "No hubo conexión con Meta. waia lo intenta de nuevo.", True),
        ("unavailable", "expired", "No está disponible. Meta ya no lo guarda", True),
        ("unavailable", "too_big", "No está disponible. Es más grande", False),
        ("unavailable", "retention", "No está disponible. Se borró", False),
    ],
)
async def test_a_file_that_is_not_here_says_why(shop: Shop, state: str, reason: str, words: str, can_ask: bool) -> None:
    page, message, address = await _drawn(shop, "image", "image/jpeg", state=state, reason=reason)
    assert words in page.text(f"message-{message}")
    assert bool(page.where(hx_post=f"/mensajes/{message}/archivo")) is can_ask
    assert not page.where(src=address)


async def test_an_agent_asks_once_more_for_a_file_that_did_not_come(shop: Shop) -> None:
    chat = await shop.add_chat()
    message = await shop.add_message(chat, "", kind="image")
    public_id = await shop.add_file(chat, message, state="unavailable", reason="network")
    async with shop.browser("ana") as ana, shop.browser("dora") as dora:
        assert (await dora.act("POST", f"/mensajes/{message}/archivo")).status == 404
        answer = await ana.act("POST", f"/mensajes/{message}/archivo")
    assert "Descargando…" in answer.page.text(f"message-{message}")
    async with shop.parts.database.reading() as tx:
        row = (await tx.execute(select(Media.id, Media.attempts).where(Media.public_id == public_id))).one()
        due = await due_keys(tx, "media", shop.parts.clock.real())
    assert due == [str(row.id)]


async def test_a_file_that_is_here_is_not_asked_for_again(shop: Shop) -> None:
    chat = await shop.add_chat()
    message = await shop.add_message(chat, "", kind="image")
    await shop.add_file(chat, message)
    async with shop.browser("ana") as ana:
        assert (await ana.act("POST", f"/mensajes/{message}/archivo")).status == 409


async def test_an_erased_message_shows_no_file(shop: Shop) -> None:
    chat = await shop.add_chat()
    message = await shop.add_message(chat, "", kind="image", revoked_at=shop.parts.clock.business())
    await shop.add_file(chat, message)
    async with shop.browser("ana") as ana:
        assert "/media/" not in (await ana.get(f"/chats/{chat}")).html


@pytest.mark.parametrize(
    ("size", "space"),
    [((1200, 900), (320, 240)), ((900, 1200), (240, 320)), ((100, 120), (100, 120)), ((9000, 30), (320, 96)),
     ((None, None), (240, 180)), ((0, 10), (240, 180))],
)  # fmt: skip
def test_the_space_of_a_picture(size: tuple[int | None, int | None], space: tuple[int, int]) -> None:
    assert box(*size) == space


def test_sizes_and_lengths_are_read_as_people_say_them() -> None:
    assert [format_size(size, "es") for size in (0, 640, 18_200, 1_234_567)] == ["0 B", "640 B", "18 kB", "1,2 MB"]
    assert format_size(1_234_567, "en") == "1.2 MB"
    assert [format_length(seconds) for seconds in (0, 14.4, 61, 3723)] == ["0:00", "0:14", "1:01", "1:02:03"]
