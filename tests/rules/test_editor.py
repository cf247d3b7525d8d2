"""The pages of rules through HTTP: inline editing, drafts, publication, the check, and the phone that tries a draft."""

import json
import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.chats.panel_world import Browser, Shop
from waia.accounts.models import AuditEntry
from waia.chats.models import Message, OutboxItem
from waia.rules import draft_repository as repository
from waia.rules.content import RuleContent
from waia.rules.draft import Draft

HOME = "menu_principal"
RULE = {"step": HOME, "triggers": "precio", "text": "Cuesta 100.", "kind": "texto"}


@pytest.fixture
async def shop(tmp_path: Path, database_url: str) -> AsyncIterator[Shop]:
    """The starter flow in force: greeting (1), hours (2), person (3)."""
    shop = await Shop.open(tmp_path, database_url)
    yield shop
    await shop.close()


async def draft(shop: Shop) -> Draft:
    async with shop.parts.database.reading() as tx:
        return await repository.read_draft(tx)


async def trail(shop: Shop) -> list[Any]:
    async with shop.parts.database.reading() as tx:
        return list(await tx.execute(select(AuditEntry.action, AuditEntry.details).order_by(AuditEntry.id)))


async def rules_now(shop: Shop) -> dict[int, str]:
    book = (await shop.parts.rules.book(shop.parts.clock.real())).book
    return {rule.id: rule.text for rule in book.rules}


def seen_in(html: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', html)
    assert found
    return found[1]


async def test_the_page_groups_rules_by_step_at_all_three_addresses(beto: Browser) -> None:
    for path in ("/reglas", "/configuracion", "/configuracion/reglas"):
        answer = await beto.get(path)
        assert answer.status == 200
        assert answer.ids("rule") == [1, 2, 3]
        assert "Paso inicial" in answer.page.text()


@pytest.mark.parametrize(
    ("query", "wanted"),
    [("q=HORARIO", [1, 2]), ("tipo=boton", [1]), ("paso=nada", []), ("ver=cambios", []), ("rol=ventas", [])],
)
async def test_the_address_filters_the_table(beto: Browser, query: str, wanted: list[int]) -> None:
    answer = await beto.get(f"/reglas?{query}")
    assert answer.ids("rule") == wanted
    assert wanted or "Ninguna regla es así" in answer.page.text()


async def test_an_agent_sees_no_rule(shop: Shop) -> None:
    async with shop.browser("ana") as ana:
        assert (await ana.get("/reglas")).status == 403
        assert (await ana.act("POST", "/reglas", **RULE)).status == 403
    assert not (await draft(shop)).pending


async def test_a_saved_rule_waits_in_the_draft_and_is_published_from_there(shop: Shop, beto: Browser) -> None:
    answer = await beto.act("POST", "/reglas?nueva=ab12", **RULE)
    assert answer.status == 200
    assert "1 cambio sin publicar" in answer.page.text("draft-bar")
    (new,) = (await draft(shop)).pending
    assert new not in await rules_now(shop)
    page = await beto.get("/reglas/publicacion")
    assert "En «menu_principal», regla nueva «precio»: responde «Cuesta 100.»." in page.page.text()
    done = await beto.submit("/reglas/publicacion", seen=seen_in(page.html))
    assert (done.status, done.headers["location"]) == (303, "/reglas/versiones?publicada=2")
    assert (await rules_now(shop))[new] == "Cuesta 100."


async def test_one_change_alone_is_saved_and_published_in_one_step(shop: Shop, beto: Browser) -> None:
    form = await beto.get("/reglas/2/edicion", part="rule-2")
    assert "Guardar y publicar" in form.html
    fields = {**RULE, "triggers": "horario", "seen": seen_in(form.html), "publicar": "1"}
    answer = await beto.act("PUT", "/reglas/2", **fields)
    assert "Publicado" in answer.page.text("toast-rule")
    assert (await rules_now(shop))[2] == "Cuesta 100."
    assert not (await draft(shop)).pending


async def test_no_change_of_the_draft_reads_the_flow_while_others_wait_to_write(shop: Shop, beto: Browser) -> None:
    """Of ten thousand rules that took a second, and each webhook meanwhile waited for it."""
    with shop.counting(writing=True) as asked:
        for act in (
            beto.act("POST", "/reglas", **{**RULE, "publicar": "1"}),
            beto.act("PUT", "/reglas/2", **{**RULE, "triggers": "a", "publicar": "1"}),
            beto.act("PUT", "/reglas/2", **{**RULE, "triggers": "b"}),
            beto.act("DELETE", "/reglas/3/activa"),
            beto.act("POST", "/reglas/2/copia"),
            beto.act("PUT", "/reglas/2/lugar", lugar="3"),
            beto.act("DELETE", "/reglas/2"),
            beto.act("POST", "/reglas/2/regreso"),
            beto.act("DELETE", "/reglas/2/borrador"),
            beto.submit("/reglas/publicacion"),
            beto.submit("/reglas/versiones/1/restauracion"),
        ):
            assert (await act).status in {200, 303}
    whole = [told for told in asked if re.match(r"SELECT reglas|SELECT rule_drafts|SELECT flow_versions.*rules", told)]
    assert asked
    assert whole == []


async def test_a_flow_that_nobody_changed_is_read_and_checked_once(shop: Shop, beto: Browser) -> None:
    """Ten thousand rules take a second; what changes, by any way, is seen on the next page."""
    await beto.get("/reglas")
    await beto.get("/reglas")
    with shop.counting() as asked:
        page = await beto.get("/reglas")
    assert page.ids("rule") == [1, 2, 3]
    assert asked
    assert not [told for told in asked if "FROM rule_drafts LEFT" in told]
    await shop.parts.database.run(lambda tx: repository.lock(tx))  # as another process does for each change
    await beto.act("POST", "/reglas", **RULE)
    assert (await beto.get("/reglas")).ids("rule") == [1, 2, 3, 4]


async def test_beside_other_changes_nothing_is_published_in_one_step(shop: Shop, beto: Browser) -> None:
    await beto.act("POST", "/reglas", **RULE)
    answer = await beto.act("POST", "/reglas", **{**RULE, "triggers": "envío", "publicar": "1"})
    assert "otros cambios" in answer.page.text("toast-rule")
    assert len((await draft(shop)).pending) == 2


async def test_a_new_error_keeps_a_change_in_the_draft(shop: Shop, beto: Browser) -> None:
    answer = await beto.act("POST", "/reglas", **{**RULE, "next_steps": "no_existe", "publicar": "1"})
    assert "corrige lo marcado" in answer.page.text("toast-rule")
    page = await beto.get("/reglas/publicacion")
    assert "que no tiene reglas" in page.page.text()
    refused = await beto.submit("/reglas/publicacion", seen=seen_in(page.html))
    assert refused.status == 422
    assert len(await rules_now(shop)) == 3


async def test_inherited_errors_are_listed_and_do_not_keep_from_publishing(shop: Shop, beto: Browser) -> None:
    async with shop.parts.database.writing() as tx:
        await repository.write_live(tx, {}, {90: RuleContent(step=HOME, triggers="roto", text="x", next_steps="nada")})
    await beto.act("POST", "/reglas", **RULE)
    assert "nada" in (await beto.get("/reglas/revision")).page.text()
    done = await beto.submit("/reglas/publicacion")
    assert done.status == 303


async def test_refused_input_comes_back_with_everything_that_was_typed(beto: Browser) -> None:
    typed = {
        **RULE, "triggers": " ", "formula": "p1 **", "minimum": "mucho", "role_keyword": "fantasma",
        "handler": "no_hay", "text": "Esto <b>sigue</b> aquí", "capture_name": "nombre",
    }  # fmt: skip
    answer = await beto.act("PUT", "/reglas/2", **typed)
    assert answer.status == 422
    for wanted in ("Esto <b>sigue</b> aquí", 'value="p1 **"', 'value="mucho"', 'value="fantasma"', 'value="nombre"'):
        assert wanted in unescape(answer.html), wanted
    for name in ("triggers", "formula", "minimum", "role_keyword", "handler"):
        (field,) = answer.page.where(id=f"rule-2-{name}")
        assert field["aria-invalid"] == "true"
        assert answer.page.text(field["aria-describedby"])


async def test_unknown_fields_and_torn_lists_are_refused(shop: Shop, beto: Browser) -> None:
    assert (await beto.act("POST", "/reglas", **RULE, id="1")).status == 422
    assert (await beto.act("POST", "/reglas", **RULE, option_title="Suelta")).status == 422
    assert not (await draft(shop)).pending


async def test_options_of_a_list_are_built_with_their_steps_and_sections(shop: Shop, beto: Browser) -> None:
    body = {
        **{name: [value] for name, value in RULE.items()}, "kind": ["lista"], "button": ["Ver"],
        "option_id": ["", ""], "option_title": ["Uno", "Dos"], "option_description": ["el primero", ""],
        "option_target": ["a", ""], "option_section": ["Todo", ""],
    }  # fmt: skip
    headers = {"hx-request": "true", "x-csrf-token": beto.csrf}
    response = await beto.http.post("/reglas", data=body, headers=headers)
    assert response.status_code == 200
    (one,) = (await draft(shop)).pending.values()
    stored = json.loads(one.content.options)
    assert stored["button"] == "Ver"
    assert stored["sections"] == [
        {
            "title": "Todo",
            "rows": [
                {"id": "1_Uno", "title": "Uno", "description": "el primero", "step": "a"},
                {"id": "2_Dos", "title": "Dos", "description": "", "step": ""},
            ],
        }
    ]


async def test_options_come_go_and_move_without_losing_what_was_typed(beto: Browser) -> None:
    headers = {"hx-request": "true", "x-csrf-token": beto.csrf}
    options = {
        "option_id": ["1", "2"], "option_title": ["Uno", "Dos"], "option_description": ["", ""],
        "option_target": ["a", "b"], "option_section": ["", ""],
    }  # fmt: skip
    body = {**RULE, "kind": "boton", "text": "Sin guardar", **options}
    for action, titles in (("opcion", ["Uno", "Dos", ""]), ("subir_1", ["Dos", "Uno"]), ("quitar_0", ["Dos"])):
        response = await beto.http.post(f"/reglas/formulario?regla=2&accion={action}", data=body, headers=headers)
        assert re.findall(r'name="option_title" value="(\w*)"', response.text) == titles
        assert "Sin guardar" in response.text


async def test_the_second_admin_is_told_and_sees_both_versions(shop: Shop, beto: Browser) -> None:
    seen = seen_in((await beto.get("/reglas/2/edicion", part="rule-2")).html)
    await beto.act("PUT", "/reglas/2", **{**RULE, "text": "De Beto", "seen": seen})
    answer = await beto.act("PUT", "/reglas/2", **{**RULE, "text": "De la otra", "seen": seen})
    assert answer.status == 409
    assert "Beto Salas cambió esta regla" in answer.page.text("rule-2-overtaken")
    assert "De Beto" in answer.page.text("rule-2-overtaken")
    assert "De la otra" in answer.html
    assert (await draft(shop)).rules[2].text == "De Beto"
    await beto.act("PUT", "/reglas/2", **{**RULE, "text": "De la otra", "seen": ""})
    assert (await draft(shop)).rules[2].text == "De la otra"


async def test_who_edits_a_rule_that_was_removed_is_told_and_may_bring_it_back(shop: Shop, beto: Browser) -> None:
    seen = seen_in((await beto.get("/reglas/2/edicion", part="rule-2")).html)
    await beto.act("DELETE", "/reglas/2")
    told = await beto.act("PUT", "/reglas/2", **{**RULE, "text": "Lo mío", "seen": seen})
    assert told.status == 409
    assert "quitó esta regla" in told.page.text("rule-2-overtaken")
    assert (await beto.act("PUT", "/reglas/2", **{**RULE, "text": "Lo mío", "seen": seen_in(told.html)})).status == 200
    assert (await draft(shop)).rules[2].text == "Lo mío"


async def test_a_removed_rule_can_be_brought_back_from_its_row_and_its_notice(shop: Shop, beto: Browser) -> None:
    answer = await beto.act("DELETE", "/reglas/2")
    assert 'hx-post="/reglas/2/regreso"' in answer.html
    assert "Se quita" in answer.page.text("rule-2")
    assert (await beto.act("POST", "/reglas/2/regreso")).status == 200
    assert not (await draft(shop)).pending


async def test_rules_are_switched_copied_moved_and_reset(shop: Shop, beto: Browser) -> None:
    await beto.act("DELETE", "/reglas/2/activa")
    assert not (await draft(shop)).rules[2].enabled
    await beto.act("PUT", "/reglas/2/activa")
    await beto.act("PUT", "/reglas/3/lugar", lugar="1")
    assert (await draft(shop)).in_step(HOME) == [3, 1, 2]
    await beto.act("DELETE", "/reglas/3/borrador")
    assert not (await draft(shop)).pending
    assert "Copiada" in (await beto.act("POST", "/reglas/2/copia")).page.text("toast-rule")
    await beto.act("DELETE", "/reglas/borrador")
    assert not (await draft(shop)).pending


async def test_the_place_of_a_rule_is_a_number_that_can_be_typed(shop: Shop, beto: Browser) -> None:
    page = await beto.get("/reglas")
    assert [field["value"] for field in page.page.elements if "data-place" in field] == ["1", "2", "3"]
    for typed, order in (("1", [3, 1, 2]), ("99", [1, 2, 3]), ("x", [3, 1, 2])):
        moved = await beto.act("PUT", "/reglas/3/lugar", lugar=typed)
        assert moved.page.where(**{"data_place": ""})[0]["value"] == str(order.index(3) + 1)
        assert (await draft(shop)).in_step(HOME) == order


async def test_a_large_flow_comes_in_pages_and_the_open_rule_is_on_its_own(shop: Shop, beto: Browser) -> None:
    many = {n: RuleContent(step=f"paso {n % 7}", triggers=f"p{n}", text="x") for n in range(100, 750)}
    async with shop.parts.database.writing() as tx:
        await repository.write_live(tx, {}, many)
    first = await beto.get("/reglas")
    assert len(first.ids("rule")) == 300
    assert "Reglas 1 a 300 de 653" in first.page.text()
    last = await beto.get("/reglas?desde=600")
    assert len(last.ids("rule")) == 53
    shown = last.ids("rule")[5]
    assert shown in (await beto.get(f"/reglas?abierta={shown}")).ids("rule")
    assert len((await beto.get("/reglas?desde=99999&paso=paso+1")).ids("rule")) > 50


async def test_the_draft_has_a_profile_of_its_own(shop: Shop, beto: Browser) -> None:
    here = "/configuracion/ajustes/flujo"
    profile = {"flow_profile": "original"}
    saved = await beto.act("PUT", here, **profile)
    assert "En el borrador, sin publicar" in saved.page.text()
    assert (await shop.parts.rules.book(shop.parts.clock.real())).profile == "waia"
    assert "1 cambio sin publicar" in (await beto.get("/reglas/borrador", "draft-bar")).page.text()
    said = await beto.act("POST", "/reglas/prueba", texto="horario por favor", estado='{"step": "menu_principal"}')
    assert "No entendí" in said.page.text(), "the original compares whole messages"
    told = await beto.get("/reglas/publicacion")
    assert "pasa del perfil «waia» al perfil «original»" in told.page.text()
    assert (await beto.submit("/reglas/publicacion", seen=seen_in(told.html))).status == 303
    assert (await shop.parts.rules.book(shop.parts.clock.real())).profile == "original"
    assert "original" in (await beto.get("/reglas/versiones")).page.text("version-2")
    await beto.submit("/reglas/versiones/1/restauracion")
    assert (await shop.parts.rules.book(shop.parts.clock.real())).profile == "waia"
    await beto.act("PUT", here, **profile)
    await beto.act("DELETE", "/reglas/borrador")
    assert not (await draft(shop)).changes_something


async def test_each_act_leaves_one_entry_with_before_and_after(shop: Shop, beto: Browser) -> None:
    acts: list[tuple[str, str, dict[str, str], str]] = [
        ("POST", "/reglas", RULE, "rule.created"),
        ("PUT", "/reglas/2", RULE, "rule.changed"),
        ("DELETE", "/reglas/2/borrador", {}, "rule.change_dropped"),
        ("DELETE", "/reglas/2/activa", {}, "rule.disabled"),
        ("PUT", "/reglas/2/activa", {}, "rule.enabled"),
        ("PUT", "/reglas/2/lugar", {"lugar": "1"}, "rule.moved"),
        ("POST", "/reglas/2/copia", {}, "rule.copied"),
        ("DELETE", "/reglas/3", {}, "rule.removed"),
        ("POST", "/reglas/3/regreso", {}, "rule.brought_back"),
        ("POST", "/reglas/publicacion", {}, "flow.published"),
        ("POST", "/reglas/versiones/1/restauracion", {}, "flow.rolled_back"),
        ("POST", "/reglas", RULE, "rule.created"),
        ("DELETE", "/reglas/borrador", {}, "flow.draft_dropped"),
    ]
    before = len(await trail(shop))
    for method, path, fields, action in acts:
        answer = await beto.act(method, path, **fields)
        assert answer.status in {200, 303}, (path, answer.status)
        entries = (await trail(shop))[before:]
        assert [one.action for one in entries] == [action], path
        assert entries[0].details["before"] != entries[0].details["after"], path
        before += 1


async def test_the_trail_tells_what_changed_in_a_rule_field_by_field(beto: Browser) -> None:
    await beto.act("PUT", "/reglas/2", **{**RULE, "triggers": "precio"})
    await beto.submit("/reglas/publicacion")
    told = (await beto.get("/auditoria")).page.text("trail")
    assert "cambió la regla 2" in told
    assert "El cliente escribe" in told
    assert "regla 2 · texto" in told
    assert "{" not in told


async def test_asking_for_a_preview_or_a_fuller_form_leaves_no_trace(shop: Shop, beto: Browser) -> None:
    before = len(await trail(shop))
    for path in ("/reglas/vista?regla=2", "/reglas/formulario?regla=2"):
        assert (await beto.act("POST", path, **RULE)).status == 200
    assert len(await trail(shop)) == before


async def test_the_preview_shows_the_message_and_what_the_formula_makes_of_a_sample(beto: Browser) -> None:
    typed = {**RULE, "text": "Son $ {total:0}", "formula": "p1 * p2 * 100", "unit": "m", "sample": "240 x 60 cm"}
    answer = await beto.act("POST", "/reglas/vista?regla=2", **typed)
    told = answer.page.text()
    assert "p1 = 2,4 m" in told
    assert "p2 = 0,6 m" in told
    assert "{total} = 144" in told
    assert "Son $ 144" in told
    outside = await beto.act("POST", "/reglas/vista?regla=2", **{**typed, "maximum": "1"})
    assert "fuera de los límites" in outside.page.text()


async def test_an_option_into_silence_is_repaired_by_one_click(shop: Shop, beto: Browser) -> None:
    await beto.act("POST", "/reglas", **{**RULE, "step": "ventas", "triggers": "ya", "next_steps": HOME})
    body = {
        **{**RULE, "kind": "boton", "triggers": "ofertas"}, "option_id": "", "option_title": "Ventas",
        "option_description": "", "option_target": "ventas", "option_section": "",
    }  # fmt: skip
    await beto.act("POST", "/reglas", **body)
    page = await beto.get("/reglas/revision")
    assert "que no dice nada al llegar" in page.page.text()
    done = await beto.submit("/reglas/revision/entradas", paso="ventas")
    assert done.status == 303
    assert "que no dice nada al llegar" not in (await beto.get("/reglas/revision")).page.text()
    added = [one for one in (await draft(shop)).rules.values() if one.triggers == "@entrada"]
    assert [(one.step, one.text) for one in added] == [("ventas", "Elegiste *Ventas*. Cuéntame qué necesitas.")]
    assert (await beto.submit("/reglas/revision/entradas", paso="ventas")).status == 404


async def test_the_phone_answers_from_the_draft_and_keeps_nothing(shop: Shop, beto: Browser) -> None:
    await beto.act("POST", "/reglas", **RULE)
    chat = ""
    for words, wanted in (("hola", "¿En qué te ayudamos?"), ("precio", "Cuesta 100."), ("¿eh?", "No entendí")):
        answer = await beto.act("POST", "/reglas/prueba", texto=words, estado=chat)
        assert wanted in answer.page.text()
        assert "queda en «menu_principal»" in answer.page.text()
        chat = answer.page.where(id="try-chat")[0]["value"]
    tapped = await beto.act("POST", "/reglas/prueba", opcion="hablar_con_alguien", titulo="Hablar con alguien",
                            menu="1", estado=chat)  # fmt: skip
    assert "El chat pasa a una persona." in tapped.page.text()
    async with shop.parts.database.reading() as tx:
        for model in (Message, OutboxItem):
            assert (await tx.execute(select(func.count()).select_from(model))).scalar_one() == 0


@pytest.mark.parametrize("chat", ["{", '{"step": 7}', "[]", "null", '{"holder": "cartero"}'])
async def test_the_phone_refuses_a_chat_that_is_none(beto: Browser, chat: str) -> None:
    assert (await beto.act("POST", "/reglas/prueba", texto="hola", estado=chat)).status == 422


async def test_versions_are_listed_and_one_click_leads_back(shop: Shop, beto: Browser) -> None:
    await beto.act("PUT", "/reglas/2", **{**RULE, "triggers": "horario"})
    await beto.submit("/reglas/publicacion")
    page = await beto.get("/reglas/versiones")
    assert "Beto Salas" in page.page.text("version-2")
    told = await beto.get("/reglas/versiones/2", part="version-2-body")
    assert "cambia de «" in told.page.text()
    assert (await beto.submit("/reglas/versiones/1/restauracion")).status == 303
    assert (await rules_now(shop))[2] != "Cuesta 100."
    assert "Se volvió a la versión 1" in (await beto.get("/reglas/versiones")).page.text("version-3")


async def test_an_uploaded_file_belongs_to_the_rule_and_opens_for_admins_only(shop: Shop, beto: Browser) -> None:
    picture = (Path(__file__).parents[2] / "static/demo/cuarzo.jpg").read_bytes()
    headers = {"hx-request": "true", "x-csrf-token": beto.csrf, "content-type": "image/jpeg"}
    line = await beto.http.post("/reglas/archivos?tipo=image&nombre=cuarzo.jpg", content=picture, headers=headers)
    assert line.status_code == 201
    found = re.search(r'name="media_url" value="([^"]+)"', line.text)
    assert found
    saved = {**RULE, "kind": "image", "media_url": found[1], "media_mime": "image/jpeg"}
    assert (await beto.act("POST", "/reglas", **saved)).status == 200
    (one,) = (await draft(shop)).pending.values()
    assert one.content.medias[0].file_id is not None
    assert (await beto.get(found[1])).status == 200
    async with shop.browser("ana") as ana:
        assert (await ana.get(found[1])).status == 404


async def test_a_file_of_a_chat_cannot_be_made_one_of_a_rule(shop: Shop, beto: Browser) -> None:
    chat = await shop.add_chat()
    message = await shop.add_message(chat, "", kind="image")
    private = await shop.add_file(chat, message)
    fields = {**RULE, "kind": "image", "media_url": f"/media/{private}", "media_mime": ""}
    answer = await beto.act("POST", "/reglas", **fields)
    assert answer.status == 422
    assert "ya no está" in answer.html


@pytest.mark.parametrize("url", ["http://127.0.0.1/x.jpg", "https://localhost/x.jpg", "http://169.254.169.254/meta"])
async def test_an_address_inside_the_house_is_never_asked(beto: Browser, url: str) -> None:
    answer = await beto.act("POST", "/reglas/enlaces?tipo=image", new_media=url)
    assert answer.status == 200
    assert "no se alcanza desde internet" in answer.page.text()


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//evil.test/x", "https://a b", "ftp://x", ""])
async def test_what_is_no_address_is_refused(beto: Browser, url: str) -> None:
    assert (await beto.act("POST", "/reglas/enlaces?tipo=image", new_media=url)).status == 422


async def test_hostile_words_of_a_rule_stay_words(beto: Browser) -> None:
    hostile = '"><script>alert(1)</script>'
    await beto.act("POST", "/reglas", **{**RULE, "step": hostile, "triggers": hostile, "text": hostile})
    for path in ("/reglas", "/reglas/publicacion", "/reglas/revision"):
        assert "<script>alert" not in (await beto.get(path)).html


async def test_the_pages_speak_english_too(beto: Browser) -> None:
    await beto.act("POST", "/reglas", **RULE)
    response = await beto.http.get("/reglas/publicacion", headers={"accept-language": "en"})
    assert "In “menu_principal”, new rule “precio”: it answers “Cuesta 100.”." in response.text
