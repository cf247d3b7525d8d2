"""Customers, the bot and two agents: who answers when, and what each of them sees of it."""

import asyncio
import re

import pytest
from playwright.async_api import expect

from tests.browser.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")

GREETING, TO_SALES = "Hola, soy el asistente de Mesones La Piedra", re.compile("ventas")
WITHIN_S = 1.0
LATEST_S = 5.0
HASSAN = "حسن الخطيب"
OF_ADMINS = """
    INSERT INTO chat_roles (chat_id, role_id)
    SELECT chat_state.id, roles.id FROM chat_state JOIN contacts ON contacts.id = chat_state.contact_id, roles
    WHERE contacts.name = :name AND roles.keyword = 'admin'
"""


async def test_a_customer_gets_the_bot_then_a_person_then_the_bot_again(stage: Stage) -> None:
    paula, ana = await stage.phone("paula"), await stage.agent("ana")
    beto = await stage.agent("beto")
    await paula.says("hola")
    await expect(paula.heard(GREETING)).to_have_count(1)
    await expect(beto.row("Paula Nieto")).to_contain_text("Bot:")
    await expect(ana.row("Paula Nieto").get_by_text("Espera al cliente")).to_be_visible()

    await paula.says("quiero hablar con una persona")
    await expect(ana.row("Paula Nieto").get_by_text("Sin responder")).to_be_visible()
    await expect(ana.page.locator("#chats > li").first).to_contain_text("Paula Nieto")
    await ana.open("Paula Nieto")
    await expect(ana.holder).to_contain_text("En la cola de Ventas")
    await ana.presses("Tomar")
    await expect(ana.holder).to_contain_text("Lo atiendes tú")

    await paula.says("hola, ¿hay alguien?")
    await expect(ana.bubble("¿hay alguien?", "customer")).to_be_visible()
    await ana.writes("Hola, Paula. Soy Ana.")
    await expect(paula.heard("Hola, Paula. Soy Ana.")).to_be_visible()
    await ana.presses("Devolver al bot")
    await expect(ana.holder).to_contain_text("Responde el bot")
    await paula.says("hola")
    await expect(paula.heard(GREETING)).to_have_count(2)

    talk = await paula.talk()
    assert [who for who, _ in talk] == ["customer", "shop"] * 2 + ["customer", "shop"] * 2
    assert "ventas" in talk[3][1]
    assert talk[5] == ("shop", "Hola, Paula. Soy Ana.")


async def test_what_one_agent_does_the_other_sees_within_a_second(stage: Stage) -> None:
    ana, beto = await stage.agent("ana"), await stage.agent("beto")
    await beto.open("Diego Ramírez")
    await ana.open("Diego Ramírez")
    await expect(beto.holder).to_contain_text("En la cola de Ventas")
    delays = [await _seconds(ana.presses("Tomar"), beto.holder.get_by_text("Atiende Ana Torres").wait_for())]
    for words in ("Buenos días, Diego.", "Sí, instalamos el 14.", "Te confirmo en la tarde."):
        delays.append(await _seconds(ana.writes(words), beto.bubble(words, "user").wait_for()))
    await expect(beto.page.locator("#chats > li").first).to_contain_text("Te confirmo en la tarde.")
    assert sorted(delays)[len(delays) // 2] < WITHIN_S, delays


async def test_the_list_counts_and_sorts_itself(stage: Stage) -> None:
    ana, beto, jorge = await stage.agent("ana"), await stage.agent("beto"), await stage.phone("jorge")
    await expect(beto.page.locator("#chats > li").first).to_be_visible()
    waiting, unread = await beto.count("sin_responder"), await beto.count("no_leidos")
    await jorge.says("¿Alguna novedad con mi precio?")
    for desk in (ana, beto):
        await expect(desk.page.locator("#chats > li").first).to_contain_text("¿Alguna novedad con mi precio?")
    assert await beto.count("sin_responder") == waiting

    mine = await ana.count("mios")
    await ana.open("Jorge Iván Castaño")
    await expect(beto.tab_count("no_leidos")).to_have_text(re.compile(rf"\b{unread - 1}$"))
    await ana.writes("Hola, Jorge. Ya te lo calculo.")
    await expect(ana.tab_count("mios")).to_have_text(re.compile(rf"\b{mine + 1}$"))
    await expect(beto.tab_count("sin_responder")).to_have_text(re.compile(rf"\b{waiting - 1}$"))
    await expect(beto.row("Jorge Iván Castaño")).to_contain_text("Ana Torres:")


async def test_a_chat_of_another_role_is_not_shown(stage: Stage) -> None:
    stage.expects("404")
    await stage.house.store.rows(OF_ADMINS, name=HASSAN)
    ana, beto = await stage.agent("ana"), await stage.agent("beto")
    hassan, fabio = await stage.phone("hassan"), await stage.phone("fabio")
    foreign = await beto.open(HASSAN)
    await hassan.says("شكرا لكم")
    await expect(beto.bubble("شكرا لكم", "customer")).to_be_visible()
    await fabio.says("Hola, Ana")
    await expect(ana.row("Fabio Lozano")).to_contain_text("Hola, Ana")
    assert HASSAN not in await ana.names()
    answer = await ana.page.goto(f"/chats/{foreign}")
    assert answer is not None
    assert answer.status == 404
    await expect(ana.page.get_by_role("heading", name="Esta página no existe")).to_be_visible()


async def _seconds(act: object, seen: object) -> float:
    """How long from the act until another browser shows it."""
    started = asyncio.get_running_loop().time()
    assert asyncio.iscoroutine(act)
    assert asyncio.iscoroutine(seen)
    await act
    await seen
    return asyncio.get_running_loop().time() - started
