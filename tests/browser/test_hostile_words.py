"""What customers write is text on every screen, whatever it looks like: nothing runs, loads or becomes an element."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from playwright.async_api import expect

from tests.browser.hostile_words import BIDI, HOSTILE
from tests.browser.inspector import Inspector
from tests.browser.stage import House, Stage
from tests.road_world import eventually
from tests.roads.bodies import PNID
from tests.roads.store import Store
from waia.simulator import spoken
from waia.simulator.handset import Handset

pytestmark = pytest.mark.asyncio(loop_scope="session")

Json = dict[str, Any]
SPEAKERS = -(-len(HOSTILE) // 3)  # so that all that they say is on one page of their chat
CHATS = """
    SELECT chat_state.id, contacts.phone FROM chat_state JOIN contacts ON contacts.id = contact_id
    WHERE phone LIKE '5730077%'
"""
ALIASES = """
    INSERT INTO alias (contact_id, nombre) SELECT id, substr(name, 1, 100) FROM contacts
    WHERE phone LIKE '5730077%' AND id % 2 = 0
"""
SEND_ON_THE_PHONE = """async words => {
    const form = document.querySelector("#phone-composer");
    for (const text of words) {
        const body = new URLSearchParams({ _csrf: form.elements._csrf.value, texto: text, cita: "" });
        await fetch(form.action, { method: "POST", body });
    }
}"""
OPEN_A_CHAT = """async id => {
    const frame = () => new Promise(requestAnimationFrame);
    document.querySelector(`#chat-${id} a`).click();
    while (document.querySelector("#conversation").dataset.chat !== String(id)) await frame();
    const why = document.querySelector(".message--customer [hx-get$=porque]");
    const dialog = document.getElementById("dialog");
    while (!("htmxPowered" in why.dataset)) await frame();
    why.click();
    while (!dialog.open) await frame();
    await frame();
    return [...document.querySelectorAll(".message--customer .bubble__words")].map(words => words.textContent);
}"""
OPENED = (
    "head,#conversation,#dialog,#toasts"  # what changes when a chat is opened; the rows are looked at before and after
)
BE_CARELESS = """words => {
    for (const each of words.filter(each => !/refresh|base href|__pwn\\(7\\)<.iframe/.test(each))) {
        const place = document.body.appendChild(document.createElement("div"));
        place.innerHTML = each;
    }
}"""
SEND = """async forms => {
    const headers = [...document.body.attributes].find(({ name }) => name.startsWith("hx-headers"));
    const token = headers ? JSON.parse(headers.value)["X-CSRF-Token"] : document.querySelector("[name=_csrf]").value;
    const told = { "HX-Request": "true", "X-CSRF-Token": token };
    const refused = [];
    for (const [method, path, fields] of forms) {
        const answer = await fetch(path, { method, body: new URLSearchParams(fields), headers: told });
        if (answer.status >= 500 || answer.status === 403) refused.push([answer.status, path, fields]);
    }
    return refused;
}"""
CLOSE_THE_DIALOG = "() => document.getElementById('dialog').close()"


async def test_the_inspector_sees_what_such_words_do_to_a_careless_page(shop_stage: Stage) -> None:
    shop_stage.expects("pwn", "net::ERR_", "404")
    page = await shop_stage.window(bypass_csp=True)
    inspector = await Inspector.at(page)
    await page.goto("/login")
    await page.evaluate(BE_CARELESS, list(HOSTILE))
    assert len(await inspector.markup()) > len(HOSTILE) / 2

    async def saw_both() -> bool:
        return bool(inspector.ran and inspector.asked_for)

    await eventually(saw_both, "words ran and asked for things")


async def test_c09_no_word_of_a_customer_becomes_more_than_text_in_the_panel(shop_stage: Stage) -> None:
    await _everybody_writes(shop_stage.house)
    chats = await shop_stage.house.store.rows(CHATS)
    beto = await shop_stage.agent("beto", "/clave", bypass_csp=True)
    inspector = await Inspector.at(beto.page)
    await beto.page.goto("/")
    while await beto.page.locator("#more-chats").count():
        shown = await beto.page.locator("#chats > li").count()
        await beto.page.locator("#more-chats").scroll_into_view_if_needed()
        await expect(beto.page.locator("#chats > li")).not_to_have_count(shown)
    assert await inspector.markup() == []
    assert len(chats) == len(HOSTILE)
    for chat, phone in chats:
        number = int(phone[-3:])
        if number >= SPEAKERS:
            answer = await beto.page.request.get(f"/chats/{chat}")
            assert await inspector.markup(await answer.text(), within=OPENED) == [], HOSTILE[number]
            continue
        said = await beto.page.evaluate(OPEN_A_CHAT, chat)
        letters = [_letters(text) for text in said]
        assert await inspector.markup(within=OPENED) == [], said
        assert not set(BIDI[:2]) & set("".join(said)), said
        for words in HOSTILE[number::SPEAKERS]:
            assert _letters(words) in letters or BIDI[0] in words, (words, said)
        await beto.page.evaluate(CLOSE_THE_DIALOG)
    assert await inspector.markup() == []
    await beto.page.reload()
    assert await inspector.markup() == []
    assert (inspector.ran, inspector.asked_for) == ([], [])


async def test_no_word_becomes_more_than_text_on_the_phone_page(stage: Stage) -> None:
    quique = await stage.phone("quique", bypass_csp=True)
    inspector = await Inspector.at(quique.page)
    await quique.page.reload()
    await quique.says("cotizar")
    await expect(quique.heard("¿Cómo te llamas?")).to_be_visible()
    await quique.says("<img src=x onerror=__pwn(0)>")
    await expect(quique.page.locator(".said--shop").last).not_to_contain_text("¿Cómo te llamas?")
    words = [text for text in HOSTILE if text.strip()]
    await quique.page.evaluate(SEND_ON_THE_PHONE, words)
    await expect(quique.page.locator(".said--own")).to_have_count(len(words) + 2)
    assert await inspector.markup() == []
    await quique.page.reload()
    assert await inspector.markup() == []
    assert (inspector.ran, inspector.asked_for) == ([], [])


async def test_no_word_of_an_agent_becomes_more_than_text_in_the_panel(shop_stage: Stage) -> None:
    """Notes, aliases, messages, quick replies, kept answers, names of people and roles, searches, filters."""
    store = shop_stage.house.store
    beto = await shop_stage.agent("beto", "/clave", bypass_csp=True)
    inspector = await Inspector.at(beto.page)
    chats = await store.column("SELECT id FROM chat_state ORDER BY id LIMIT 3")
    said = [form for number, words in enumerate(HOSTILE) for form in _forms(chats[number % 3], words)]
    assert await beto.page.evaluate(SEND, said) == []
    for number, words in enumerate(HOSTILE):
        await _store_what_admins_fill(store, number, chats[number % 3], words)
    for chat in chats:
        await beto.page.goto(f"/chats/{chat}?ficha=1")
        assert await inspector.markup() == [], chat
        for part in ("respuestas", "traspaso"):
            answer = await beto.page.request.get(f"/chats/{chat}/{part}")
            assert await inspector.markup(await answer.text()) == [], (chat, part)
    for where, words in _addresses(chats[0]):
        answer = await beto.page.request.get(where + quote(words, safe=""))
        assert await inspector.markup(await answer.text()) == [], (where, words)
    assert (inspector.ran, inspector.asked_for) == ([], [])


def _addresses(chat: int) -> Iterator[tuple[str, str]]:
    """Where an address carries words, and a third of the words: one at a time where few letters are kept, else two."""
    some = HOSTILE[::3]
    yield from (("/?rol=", words) for words in some)
    for pair in zip(some[::2], some[1::2], strict=True):
        for where in ("/?q=", f"/chats/{chat}?buscar=", "/login?next=", "/no/"):
            yield where, " ".join(pair)


async def _store_what_admins_fill(store: Store, number: int, chat: int, words: str) -> None:
    reply = "INSERT INTO botones (mensaje, nombre) VALUES (:words, :name)"
    kept = "INSERT OR IGNORE INTO captured_answers (chat_id, name, value, at) VALUES (:chat, :name, :words, :at)"
    role = "INSERT INTO roles (name, keyword) VALUES (:name, :key)"
    person = "INSERT INTO usuarios (username, password, display_name) VALUES (:key, '!', :words)"
    values = {"words": words, "name": words[:40], "key": f"hostil{number}", "chat": chat, "at": "2026-11-22 10:00:00"}
    for statement in (reply, kept, role, person):
        await store.rows(statement, **{name: values[name] for name in re.findall(r":(\w+)", statement)})


def _forms(chat: int, words: str) -> list[Any]:
    """As those of the panel: note, alias, message."""
    sent = {"texto": words, "client_id": str(uuid4())}
    return [
        ["POST", f"/chats/{chat}/notas", {"nota": words[:100]}],
        ["PUT", f"/chats/{chat}/alias", {"alias": words[:100]}],
        ["POST", f"/chats/{chat}/mensajes", sent],
    ]


async def _everybody_writes(house: House) -> None:
    """One customer is called and says each of the hostile words; a few put them wherever a customer can."""
    road, world = house.graph, house.graph.world
    world.faults.webhook.per_post = 20
    for number, words in enumerate(HOSTILE):
        world.add_customer(f"h{number}", words, f"5730077{number:05}", username=words)
        await world.customer_says(f"h{number}", PNID, "cotizar")
    await road.calm(60)
    for number, words in enumerate(HOSTILE):
        await world.customer_says(f"h{number}", PNID, words)
    await road.calm(60)
    for number, words in enumerate(HOSTILE):
        await _says_it_everywhere(world.handset(f"h{number % SPEAKERS}", PNID), words)
    await road.calm(60)
    await house.store.rows(ALIASES)


async def _says_it_everywhere(handset: Handset, words: str) -> None:
    referral = {"source_url": words, "source_type": "ad", "source_id": "1", "headline": words, "body": words}
    await handset.says(words, referral=referral)
    await handset.sends_media("image", b"-", "image/jpeg", caption=words)
    await handset.sends_media("document", b"-", "application/pdf", filename=f"{words}.pdf", caption=words)
    await handset.sends_location(4.6, -74.0, words, words)
    await handset.sends_contacts([_card(words)])
    await handset.orders(
        words, [{"product_retailer_id": words, "quantity": 1, "item_price": 5, "currency": "COP"}], words
    )
    await handset.sends(spoken.list_row(words, words, words))
    await handset.sends(spoken.template_button(words, words))
    await handset.sends(spoken.flow(json.dumps({words: words})))
    await handset.sends(_not_supported(words))
    quoted = await handset.says("cito esto")
    await handset.says(words, quoted=quoted)
    await handset.reacts(quoted, words)


def _card(words: str) -> Json:
    return {
        "name": {"formatted_name": words, "first_name": words},
        "phones": [{"phone": words, "wa_id": words}],
        "emails": [{"email": words}],
        "urls": [{"url": words}],
        "org": {"company": words},
        "addresses": [{"street": words, "city": words}],
    }


def _not_supported(words: str) -> Json:
    error = {"code": 131051, "title": words, "message": words, "error_data": {"details": words}}
    return {"type": "unsupported", "errors": [error], "unsupported": {"type": words}}


def _letters(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum())
