"""Files from a customer's phone to the panel: they arrive live, play, open in full, and what does not come says why."""

from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.access import EVERY_LOOK, broken_rules
from tests.browser.desk import Desk
from tests.browser.phone import Phone
from tests.browser.stage import Stage
from waia.kit.files import static_dir

pytestmark = pytest.mark.asyncio(loop_scope="session")

DEMO = Path(static_dir()) / "demo"
SAMPLES = ("Video", "Voz", "Documento", "Sticker", "Animado", "Ubicación", "Contacto", "Pedido", "Encuesta")
LOADED = "image => image.complete && image.naturalWidth > 0"
PLAYS = "sound => sound.querySelector('audio').currentTime > 0"


async def _picks(phone: Phone, file: Path, caption: str) -> None:
    """A file of the customer's own, from the gallery."""
    await phone.page.get_by_role("button", name="Enviar otra cosa").click()
    await phone.page.locator("input[name=foto]").set_input_files(file)
    await phone.page.get_by_placeholder("Añade un texto").fill(caption)
    await phone.page.get_by_role("button", name="Enviar archivo").click()
    await expect(phone.page.get_by_role("dialog")).to_have_count(0)


async def _until(found: Locator, holds: str) -> None:
    await found.page.wait_for_function(holds, arg=await found.element_handle())


async def test_every_file_of_a_customer_is_shown_played_and_opened(stage: Stage) -> None:
    phone, beto = await stage.phone("elena"), await stage.agent("beto")
    await beto.open("Elena Duarte")
    await _picks(phone, DEMO / "marmol.jpg", "¿Tienen este?")
    picture = beto.bubble("¿Tienen este?", "customer").locator(".picture__image")
    await expect(picture).to_be_visible()
    await _until(picture, LOADED)
    for sample in SAMPLES:
        await phone.sends(sample)
    await _picks(phone, DEMO / "granito.jpg", "Y este")
    await expect(beto.bubble("Y este", "customer").locator(".picture__image")).to_be_visible()

    await _the_sound_plays_on_while_its_bubble_changes(phone, beto)
    await expect(beto.page.locator("video.film__screen")).to_have_attribute("preload", "none")
    document = beto.page.locator(".card--file", has_text="plano-cocina.pdf")
    await expect(document).to_have_attribute("download", "plano-cocina.pdf")
    answer = await beto.page.request.get(await document.get_attribute("href") or "")
    assert await answer.body() == (DEMO / "catalogo.pdf").read_bytes()
    for sticker in await beto.page.locator(".sticker__image").all():
        await sticker.scroll_into_view_if_needed()
        await _until(sticker, LOADED)
    await _pictures_open_in_full(beto.page)
    assert await broken_rules(beto.page, looks=EVERY_LOOK) == []


async def _the_sound_plays_on_while_its_bubble_changes(phone: Phone, beto: Desk) -> None:
    sound = beto.page.get_by_role("group", name="Mensaje de voz")
    await expect(sound.locator("[data-sound-time]")).to_have_text("0:07")
    await sound.get_by_role("button", name="Velocidad").click()
    await sound.get_by_role("button", name="Reproducir").click()
    await _until(sound, PLAYS)
    await expect(sound.get_by_role("button", name="Velocidad")).to_have_text("1,5×")
    await sound.locator("audio").evaluate("audio => { audio.playbackRate = 0.25 }")  # it must not end before the end
    bubble = phone.page.locator(".said--own:has(audio)").locator(".said__more")
    await bubble.focus()
    await bubble.press("Enter")
    await phone.page.get_by_role("button", name="👍").click()
    await expect(beto.page.locator(".message:has([data-sound]) .reactions")).to_contain_text("👍")
    await expect(sound.get_by_role("button", name="Pausar")).to_be_visible()
    await sound.get_by_role("slider", name="Posición").press("ArrowRight")
    await sound.get_by_role("button", name="Pausar").click()
    assert await sound.locator("audio").evaluate("audio => audio.paused && audio.currentTime > 2")


async def _pictures_open_in_full(page: Page) -> None:
    """By keyboard alone: open, the next one, real size, close; the focus is back on the last picture shown."""
    first, last = (
        page.get_by_role("link", name="Ampliar la foto").first,
        page.get_by_role("link", name="Ampliar la foto").last,
    )
    await first.focus()
    await first.press("Enter")
    box = page.get_by_role("dialog", name="Foto")
    await expect(box).to_contain_text("¿Tienen este?")
    await page.keyboard.press("ArrowRight")
    await expect(box).to_contain_text("Y este")
    await expect(box.get_by_role("button", name="Siguiente")).to_be_disabled()
    await page.keyboard.press("z")
    await expect(box.get_by_role("button", name="Tamaño real")).to_have_attribute("aria-pressed", "true")
    await page.keyboard.press("Escape")
    await expect(box).to_be_hidden()
    await expect(last).to_be_focused()


async def test_a_file_that_never_comes_says_why_and_can_be_asked_for_again(stage: Stage) -> None:
    stage.expects("409")  # it may come by itself at that moment
    phone, beto = await stage.phone("diego"), await stage.agent("beto")
    await beto.open("Diego Ramírez")
    await phone.page.get_by_role("button", name="Cortado").click()
    await expect(phone.page.get_by_role("button", name="Cortado")).to_have_attribute("aria-pressed", "true")
    await _picks(phone, DEMO / "cuarzo.jpg", "Llega a medias")
    bubble = beto.bubble("Llega a medias", "customer")
    ask = bubble.get_by_role("button", name="Reintentar")
    picture = bubble.locator(".picture__image")
    await expect(ask.or_(picture)).to_be_visible()
    if await ask.count():
        await ask.click()
    await expect(picture).to_be_visible()
    await _until(picture, LOADED)


async def test_an_edited_message_keeps_what_it_said_and_a_deleted_one_its_place(stage: Stage) -> None:
    phone, beto = await stage.phone("luis"), await stage.agent("beto")
    await beto.open("Luis Ángel Pardo")
    await phone.says("Quiero 3 metros")
    bubble = beto.bubble("Quiero 3 metros", "customer")
    await expect(bubble).to_be_visible()
    await _acts_on(phone, "Quiero 3 metros")
    await phone.page.get_by_label("Editar el mensaje").fill("Quiero 4 metros")
    await phone.page.get_by_role("button", name="Editar").click()
    await beto.bubble("Quiero 4 metros", "customer").get_by_text("Editado, ver antes").click()
    await expect(bubble.locator(".earlier__text")).to_be_visible()
    await _acts_on(phone, "Quiero 4 metros")
    await phone.page.get_by_role("button", name="Eliminar para todos").click()
    await expect(beto.bubble("El cliente eliminó este mensaje", "customer")).to_be_visible()
    await expect(beto.bubble("metros", "customer")).to_have_count(0)


async def _acts_on(phone: Phone, words: str) -> None:
    more = phone.own(words).locator(".said__more")
    await more.focus()
    await more.press("Enter")
