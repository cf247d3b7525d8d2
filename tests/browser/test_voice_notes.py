"""A voice note in the panel: read, heard from a word on, corrected by two at once; and what the demo says of it."""

import pytest
from playwright.async_api import Locator, expect

from tests.browser.access import EVERY_LOOK, EXTREMES, broken_rules
from tests.browser.desk import Desk
from tests.browser.pictures import take_pictures
from tests.browser.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")

CARLA = "Carla (cocina Calle 100)"
HEARD = "una pregunta el lavaplatos lo instalan ustedes o me toca conseguir plomero"
PLAYS_FROM = "([sound, from]) => !sound.paused && sound.currentTime >= from"
SLOWLY = "audio => { audio.defaultPlaybackRate = audio.playbackRate = 0.25 }"


async def _note(desk: Desk) -> Locator:
    await desk.open(CARLA)
    note = desk.page.locator(".message--customer", has=desk.page.locator(".word"))
    await note.scroll_into_view_if_needed()
    return note


async def _plays_from(note: Locator, seconds: float) -> None:
    sound = await note.locator("audio").element_handle()
    await note.page.wait_for_function(PLAYS_FROM, arg=[sound, seconds])


async def test_a_click_or_a_key_on_a_word_plays_from_there(stage: Stage) -> None:
    ana = await stage.agent("ana")
    note = await _note(ana)
    assert (await note.locator(".bubble__words").inner_text()).strip() == HEARD
    await expect(note.get_by_title("No es seguro que diga esto")).to_have_text("plomero")
    await note.get_by_role("button", name="instalan").click()
    await _plays_from(note, 2.11)
    await note.locator("audio").evaluate(SLOWLY)
    await expect(note.locator(".word[aria-current]")).to_have_count(1)
    await take_pictures(ana.page, "voice-playing")
    await note.get_by_role("button", name="Pausar").click()
    await expect(note.locator(".word[aria-current]")).to_have_count(0)

    await note.get_by_role("button", name="Velocidad").focus()
    await ana.page.keyboard.press("Tab")
    await expect(note.get_by_role("button", name="instalan")).to_be_focused()
    await ana.page.keyboard.press("ArrowRight")
    await expect(note.get_by_role("button", name="ustedes")).to_be_focused()
    await ana.page.keyboard.press("End")
    await ana.page.keyboard.press("Enter")
    await _plays_from(note, 4.44)
    await expect(note.locator(".word[aria-current]")).to_have_text("plomero")
    await expect(note.locator(".word[tabindex='0']")).to_have_count(1)
    await ana.page.keyboard.press("Tab")
    assert not await note.locator(".word:focus").count(), "one stop for all words"
    assert await broken_rules(ana.page, looks=EVERY_LOOK) == []


async def test_a_correction_reaches_everybody_and_keeps_what_another_is_typing(stage: Stage) -> None:
    stage.expects("409")
    ana, beto = await stage.agent("ana"), await stage.agent("beto")
    hers, his = await _note(ana), await _note(beto)
    form = await _opens_the_form(hers)
    await form.fill("¿El lavaplatos lo instalan")
    await take_pictures(ana.page, "voice-form")
    assert await broken_rules(ana.page, looks=EXTREMES) == []

    other = await _opens_the_form(his)
    await other.fill("Una pregunta: el lavaplatos, ¿lo instalan ustedes?")
    await other.press("Enter")
    await expect(his.get_by_text("Corregido por Beto Salas")).to_be_visible()
    await expect(his.locator(".bubble__words")).to_have_text("Una pregunta: el lavaplatos, ¿lo instalan ustedes?")
    await expect(hers.locator(".bubble__words")).to_have_text("Una pregunta: el lavaplatos, ¿lo instalan ustedes?")
    await expect(form).to_have_value("¿El lavaplatos lo instalan")

    await form.press("End")
    await form.press_sequentially(" ustedes?")
    await form.press("Enter")
    await expect(hers.get_by_role("alert")).to_contain_text("Otra persona cambió esto")
    await take_pictures(ana.page, "voice-overtaken")
    await expect(form).to_have_value("¿El lavaplatos lo instalan ustedes?")
    await form.press("Enter")
    await expect(hers.get_by_text("Corregido por Ana Torres")).to_be_visible()
    await expect(his.get_by_text("Corregido por Ana Torres")).to_be_visible()
    await _is_heard_where_it_was(his)

    again = await _opens_the_form(hers)
    await again.press("Escape")
    await expect(again).to_have_count(0)
    await _opens_the_form(hers)
    await hers.get_by_role("button", name="Volver a lo que se oyó").click()
    await expect(his.locator(".bubble__words")).to_have_text(HEARD)


async def _opens_the_form(note: Locator) -> Locator:
    await note.hover()
    await note.get_by_role("button", name="Corregir la transcripción").click()
    field = note.get_by_label("Lo que dice el audio")
    await expect(field).to_be_focused()
    return field


async def _is_heard_where_it_was(note: Locator) -> None:
    """Words that a person wrote lead to the place of those that were heard."""
    await note.locator(".bubble__words").get_by_role("button", name="lavaplatos").click()
    await _plays_from(note, 1.18)
    await note.get_by_role("button", name="Pausar").click()
    await note.get_by_text("ver antes").click()
    await take_pictures(note.page, "voice-corrected")
    await note.locator(".earlier__text").get_by_role("button", name="conseguir").click()
    await _plays_from(note, 3.75)
    await note.get_by_role("button", name="Pausar").click()


async def test_the_demo_says_that_it_hears_nothing_without_a_model_and_how_to_get_one(stage: Stage) -> None:
    beto = await stage.agent("beto", "/simulador?cliente=quique")
    await beto.page.get_by_role("button", name="Enviar otra cosa").click()
    await beto.page.get_by_role("dialog").get_by_role("button", name="Voz", exact=True).click()
    await expect(beto.page.locator(".said__heard")).to_contain_text("waia no tiene modelo de voz")
    await take_pictures(beto.page, "voice-phone")
    assert await broken_rules(beto.page, looks=EXTREMES) == []
    await beto.page.get_by_role("link", name="Descargar el modelo").click()
    await expect(beto.page.locator("#voice-model")).to_contain_text("Falta el modelo de voz.")
    await beto.page.locator("#voz").scroll_into_view_if_needed()
    await take_pictures(beto.page, "voice-settings")
    await beto.page.get_by_role("button", name="Descargar el modelo").click()
    await expect(beto.page.locator("#voice-model")).to_contain_text("En un momento empieza la descarga.")
    assert await broken_rules(beto.page, looks=EXTREMES) == []
