"""Files and voice notes in the composer: chosen, dropped or recorded, looked at, put in order, sent once."""

import base64
import re

import pytest
from playwright.async_api import FilePayload, Locator, expect

from tests.browser.desk import Desk
from tests.browser.stage import Stage
from tests.media.samples import by_ffprobe, sample
from tests.road_world import said
from tests.roads.bodies import PNID
from waia.simulator.records import SentMessage

pytestmark = pytest.mark.asyncio(loop_scope="session")

SLACK_S = 0.7  # between the start that the page notes and the first sound, and between the click and the end
# Ends the note, and keeps the length that its clock shows at that moment.
LISTEN = """length => {
    const [minutes, seconds] = length.textContent.split(":").map(Number);
    sessionStorage.setItem("recorded", 60 * minutes + seconds);
    document.querySelector("[data-record-stop]").click();
}"""
DROP = """([target, files]) => {
    const transfer = new DataTransfer();
    for (const [name, type, content] of files)
        transfer.items.add(new File([Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0))], name, { type }));
    const at = document.querySelector(target);
    const event = (name) => new DragEvent(name, { dataTransfer: transfer, bubbles: true, cancelable: true });
    at.dispatchEvent(event("dragover"));
    const shown = !document.querySelector("[data-dropzone]").hidden;
    at.dispatchEvent(event("drop"));
    return shown;
}"""
PASTE = """([field, [name, type, content]]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0))], name, { type }));
    field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true }));
}"""


async def _desk_with(stage: Stage, key: str, name: str, *permissions: str) -> Desk:
    """Beto with a chat in which he may write."""
    stage.expects("405")
    world = stage.house.graph.world
    world.add_customer(key, name, f"57300555{1000 + len(world.customers)}")
    beto = await stage.agent("beto", permissions=list(permissions))
    await world.customer_says(key, PNID, "hola")
    await expect(beto.row(name)).to_contain_text("Bot:")
    await beto.open(name)
    return beto


def _tiles(desk: Desk) -> Locator:
    return desk.page.get_by_role("list", name="Archivos por enviar").get_by_role("listitem")


async def _picks(desk: Desk, kind: str, *names: str) -> None:
    await desk.page.locator("[data-attach-menu] summary").click()
    await desk.page.get_by_label(kind).set_input_files([sample(name) for name in names])


def _carried(name: str, mime: str) -> list[str]:
    return [name, mime, base64.b64encode(sample(name).read_bytes()).decode()]


async def _files_sent(stage: Stage, key: str, count: int) -> list[SentMessage]:
    """What the customer got from people that is not plain text."""

    def found() -> list[SentMessage]:
        return [sent for sent in stage.house.graph.sent_to(key) if sent.kind not in {"text", "interactive"}]

    await stage.house.graph.world.until(lambda: len(found()) >= count, 30)
    return found()


async def test_files_are_picked_dropped_and_pasted_put_in_order_and_sent_once(shop_stage: Stage) -> None:
    desk = await _desk_with(shop_stage, "alba", "Alba Niño")
    await _picks(desk, "Fotos y videos", "photo.jpg", "high.mp4")
    assert await desk.page.evaluate(DROP, [".thread", [_carried("papers.pdf", "application/pdf")]])
    await desk.field.evaluate(f"(field, file) => ({PASTE})([field, file])", _carried("clear.png", "image/png"))
    tiles = _tiles(desk)
    await expect(tiles).to_have_count(4)
    await expect(desk.page.locator("[data-uploading]")).to_have_count(0)
    await tiles.filter(has_text="clear.png").get_by_role("button", name="Quitar: clear.png").click()
    await tiles.filter(has_text="papers.pdf").get_by_placeholder("Añade un texto").fill("La lista")
    await tiles.filter(has_text="high.mp4").get_by_role("button", name="Enviar antes: high.mp4").click()
    await desk.page.reload()
    await expect(tiles).to_have_count(3)
    await expect(tiles.first).to_contain_text("high.mp4")
    await expect(tiles.last.get_by_placeholder("Añade un texto")).to_have_value("La lista")
    await desk.writes("Mira cómo queda")
    await expect(tiles).to_have_count(0)
    sent = await _files_sent(shop_stage, "alba", 3)
    assert [(each.kind, said(each)) for each in sent] == [
        ("video", "Mira cómo queda"), ("image", ""), ("document", "La lista"),
    ]  # fmt: skip
    await expect(desk.page.locator(".message--user")).to_have_count(3)
    await desk.page.reload()
    await expect(tiles).to_have_count(0)


async def test_a_message_waits_for_its_upload_and_a_refused_file_says_what_to_do(shop_stage: Stage) -> None:
    shop_stage.expects("422")
    desk = await _desk_with(shop_stage, "berta", "Berta Ruiz")
    await desk.page.locator("[data-attach-menu] summary").click()
    broken: FilePayload = {"name": "roto.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff nothing"}
    await desk.page.get_by_label("Fotos y videos").set_input_files(broken)
    tile = _tiles(desk).filter(has_text="roto.jpg")
    await expect(tile.get_by_role("alert")).to_contain_text("dañado")
    await desk.writes("Te la mando")
    await expect(desk.page.get_by_text("Reintenta o quita los archivos que no subieron.").first).to_be_visible()
    assert _files_of(shop_stage, "berta") == []
    await tile.get_by_role("button", name="Enviar como documento").click()
    await expect(tile.get_by_role("button", name="Quitar: roto.jpg")).to_be_visible()
    await desk.field.press("Enter")
    (sent,) = await _files_sent(shop_stage, "berta", 1)
    assert (sent.kind, said(sent)) == ("document", "Te la mando")


def _files_of(stage: Stage, key: str) -> list[str]:
    return [sent.kind for sent in stage.house.graph.sent_to(key) if sent.kind not in {"text", "interactive"}]


@pytest.mark.whole_browser
async def test_a_recorded_note_is_heard_and_reaches_meta_as_one_mono_opus_stream(shop_stage: Stage) -> None:
    """B19. ffprobe is the witness; the recorder's own clock tells how long the note has to be."""
    desk = await _desk_with(shop_stage, "celia", "Celia Mora", "microphone")
    await desk.page.get_by_role("button", name="Grabar un mensaje de voz").click()
    length = desk.page.get_by_role("timer")
    await expect(length).to_have_text(re.compile("0:0[2-9]"))
    await length.evaluate(LISTEN)
    shown_s = float(await desk.page.evaluate("sessionStorage.getItem('recorded')"))
    tile = _tiles(desk).filter(has_text="Mensaje de voz")
    await expect(tile.get_by_label("Escuchar antes de enviar")).to_be_visible()
    await desk.page.get_by_role("button", name="Enviar", exact=True).click()
    (sent,) = await _files_sent(shop_stage, "celia", 1)
    assert sent.payload["audio"]["voice"] is True
    stored = shop_stage.house.graph.world.media.get(sent.payload["audio"]["id"], PNID)
    assert stored.mime.startswith("audio/ogg")
    note = by_ffprobe(stored.content)
    assert (note.container, note.streams) == ("ogg", [("opus", 1)])
    assert shown_s - SLACK_S < note.duration_s < shown_s + 1 + SLACK_S


@pytest.mark.whole_browser
async def test_a_pressed_microphone_sends_when_it_is_let_go_and_escape_throws_away(shop_stage: Stage) -> None:
    desk = await _desk_with(shop_stage, "dora", "Dora Paz", "microphone")
    microphone = desk.page.get_by_role("button", name="Grabar un mensaje de voz")
    await microphone.focus()
    await desk.page.keyboard.press("Enter")
    await expect(desk.page.get_by_role("timer")).to_have_text("0:01")
    await desk.page.keyboard.press("Escape")
    await expect(desk.field).to_be_focused()
    await microphone.hover()
    await desk.page.mouse.down()
    await expect(desk.page.get_by_role("timer")).to_have_text("0:01")
    await desk.page.mouse.up()
    (sent,) = await _files_sent(shop_stage, "dora", 1)
    assert sent.kind == "audio"
    await expect(desk.page.locator(".message--user")).to_have_count(1)


@pytest.mark.whole_browser
async def test_a_microphone_that_is_not_allowed_is_explained(shop_stage: Stage) -> None:
    desk = await _desk_with(shop_stage, "emma", "Emma Lara")
    await desk.page.get_by_role("button", name="Grabar un mensaje de voz").click()
    await expect(desk.page.locator("[data-record-error]")).to_contain_text("micrófono")
    await desk.writes("Entonces escribo")
    await expect(desk.bubble("Entonces escribo", "user")).to_have_count(1)
