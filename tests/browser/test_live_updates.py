"""Live updates in a real browser: two agents see the same, and nothing is missed when something breaks."""

import asyncio
import re
from datetime import timedelta

import pytest
from playwright.async_api import expect
from sqlalchemy import update

from tests.browser.stage import HIDE
from tests.browser.street import Street
from tests.chats.stream_world import Server, ask, eventually
from waia.chats.panel.audience.viewer import STREAMS_PER_USER
from waia.kit.events import Counter

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _talk(street: Street, customer: str = "Carla") -> int:
    """A chat in which an agent may write."""
    chat = await street.office.add_chat(customer)
    await street.office.receive(chat, f"Hola, soy {customer}")
    ends = street.office.clock.real() + timedelta(hours=20)
    await street.office.change_chat(chat, window_ends_at=ends)
    return chat


async def test_two_agents_see_a_message_within_a_second(street: Street) -> None:
    others, chat = await _talk(street, "Diego"), await _talk(street)
    await street.office.receive(others, "el último hasta ahora")
    ana, beto = await street.open("ana", f"/chats/{chat}"), await street.open("beto", "/")
    delays = []
    for text in ("¿Tienen granito?", "¿Y mármol?", "¿Y cuarzo?"):
        started = asyncio.get_running_loop().time()
        message = await street.office.receive(chat, text)
        await ana.locator(f"#message-{message}").wait_for()
        await beto.locator(f"#chats > li:first-child#chat-{chat}", has_text=text).wait_for()
        delays.append(asyncio.get_running_loop().time() - started)
    assert min(delays) < 1
    await expect(beto).to_have_title(re.compile(r"^\(2\) "))
    assert await beto.locator("#chats > li").count() == 2


async def test_the_composer_opens_when_the_customer_writes_again(street: Street) -> None:
    chat = await street.office.add_chat("Carla")
    ana = await street.open("ana", f"/chats/{chat}")
    assert await ana.locator("#composer-text").is_disabled()
    ends = street.office.clock.real() + timedelta(hours=24)
    await street.office.change_chat(chat, window_ends_at=ends)
    await ana.locator("#composer-text:enabled").wait_for()


async def test_a_restart_in_the_middle_loses_no_message_and_no_draft(street: Street) -> None:
    chat = await _talk(street)
    ana = await street.open("ana", f"/chats/{chat}")
    await ana.locator("#composer-text").fill("borrador a medias")
    await street.stop()
    missed = await street.office.receive(chat, "¿siguen ahí?")
    await ana.locator("#connection:visible", has_text="Sin conexión").wait_for()
    await street.start()
    await ana.locator(f"#message-{missed}").wait_for(timeout=20_000)
    await ana.locator("#connection").wait_for(state="hidden")
    assert await ana.locator("#composer-text").input_value() == "borrador a medias"


async def test_a_hidden_tab_goes_on_listening(street: Street) -> None:
    chat = await _talk(street)
    ana = await street.open("ana", "/")
    await ana.evaluate(HIDE, True)
    await street.office.receive(chat, "mientras no mirabas")
    await ana.locator(f"#chat-{chat}", has_text="mientras no mirabas").wait_for()


async def test_the_fourth_hidden_tab_of_a_browser_rests_and_catches_up(street: Street) -> None:
    chat = await _talk(street)
    first = await street.open("ana", "/")
    tabs = [first]
    for _ in range(3):
        tabs.append(await first.context.new_page())
        await tabs[-1].goto(first.url)
    await eventually(lambda: len(street.parts.live.audience) == 4, "four streams")
    for tab in tabs:
        await tab.evaluate(HIDE, True)
    await eventually(lambda: len(street.parts.live.audience) == 3, "one tab rests")
    await street.office.receive(chat, "para todas")
    for tab in tabs:
        await tab.evaluate(HIDE, False)
        await tab.locator(f"#chat-{chat}", has_text="para todas").wait_for()


async def test_a_first_connection_that_is_refused_is_tried_again(street: Street) -> None:
    chat = await _talk(street)
    server = Server(street.parts.live, street.parts.closing, street.port)
    opened = [await ask(server, token=street.office.tokens["ana"]) for _ in range(STREAMS_PER_USER)]
    await eventually(lambda: len(street.parts.live.audience) == STREAMS_PER_USER, "all streams are taken")
    ana = await street.browser.new_page()
    address = f"http://127.0.0.1:{street.port}"
    await ana.context.add_cookies([{"name": "waia", "value": street.office.tokens["ana"], "url": address}])
    async with ana.expect_response(lambda answer: "/eventos" in answer.url) as refused:
        await ana.goto(address)
    assert (await refused.value).status == 503
    for _, _, _, writer in opened:
        writer.close()
    await street.office.receive(chat, "ya hay sitio")
    await ana.locator(f"#chat-{chat}", has_text="ya hay sitio").wait_for()


async def test_a_page_of_another_history_loads_itself_again(street: Street) -> None:
    await _talk(street)
    ana = await street.open("ana", "/")
    async with ana.expect_navigation(), street.office.database.writing() as tx:
        await tx.execute(update(Counter).where(Counter.name == "epoch").values(value=Counter.value + 1))


async def test_a_revoked_login_is_said_and_nothing_more_arrives(street: Street) -> None:
    chat = await _talk(street)
    ana = await street.open("ana", f"/chats/{chat}")
    await street.office.revoke("ana")
    await ana.locator("#signed-out[open]").wait_for()
    await eventually(lambda: len(street.parts.live.audience) == 0, "the stream is closed")


async def test_a_chat_handed_to_others_closes_on_the_screen(street: Street) -> None:
    chat = await street.office.add_chat("Carla", role=None)
    await street.office.change_chat(chat, owner_id=street.office.users["ana"])
    ana = await street.open("ana", f"/chats/{chat}")
    await street.office.change_chat(chat, owner_id=street.office.users["beto"])
    await ana.wait_for_url("**/")
    await expect(ana.locator(f"#chat-{chat}")).to_have_count(0)


async def test_a_row_that_moves_keeps_the_keyboard_focus(street: Street) -> None:
    chats = [await _talk(street, name) for name in ("Carla", "Diego", "Eva")]
    beto = await street.open("beto", "/")
    await beto.locator(f"#chat-{chats[0]} a").focus()
    await street.office.receive(chats[0], "sube")
    await beto.locator(f"#chats > li:first-child#chat-{chats[0]}").wait_for()
    assert await beto.evaluate("document.activeElement.closest('li')?.id") == f"chat-{chats[0]}"


async def test_a_chat_of_a_page_not_loaded_yet_stays_away(street: Street) -> None:
    chats = [await street.office.add_chat(f"Cliente {n}") for n in range(60)]
    for chat in chats:
        await street.office.receive(chat)
    beto = await street.open("beto", "/")
    listed = await beto.locator("#chats > li[id^=chat-]").count()
    assert listed < 60
    await street.office.change_chat(chats[0], estado="cerrado")
    newest = await street.office.add_chat("Nueva")
    await street.office.receive(newest)
    await beto.locator(f"#chats > li:first-child#chat-{newest}").wait_for()
    ids = await beto.eval_on_selector_all("#chats > li", "rows => rows.map(row => row.id)")
    assert len(ids) == len(set(ids))
    assert await beto.locator(f"#chat-{chats[0]}").count() == 0
