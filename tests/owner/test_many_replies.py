"""A shop with more quick replies than a page or a list holds: pages, search, places, and the list beside a message."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import select, update

from tests.chats.panel_world import Answer, Browser, Shop
from waia.accounts.models import AuditEntry
from waia.quick_replies.models import QuickReply

PAGE, MANY = "/configuracion/botones", 450


@pytest.fixture
async def shop(tmp_path: Path, database_url: str) -> AsyncIterator[Shop]:
    shop = await Shop.open(tmp_path, database_url)
    rows = [{"name": f"r{n}", "text": f"Artículo {n}", "position": n, "audience": "all"} for n in range(1, MANY)]
    foreign = {"name": "r0", "text": "Artículo secreto", "position": 0, "audience": "private"}
    await shop.add_rows(QuickReply, [row | {"author_id": shop.users["dora"]} for row in (foreign, *rows)])
    yield shop
    await shop.close()


def names(answer: Answer) -> list[str]:
    return [option["data-text"] for option in answer.page.where(role="option")]


def places(answer: Answer) -> list[str]:
    return [field["value"] for field in answer.page.elements if "data-place" in field]


async def in_order(shop: Shop) -> list[str]:
    async with shop.parts.database.reading() as tx:
        found = await tx.execute(select(QuickReply.name).order_by(QuickReply.position, QuickReply.id))
        return [str(name) for name in found.scalars()]


async def move(beto: Browser, at: str, **form: str) -> Answer:
    headers = {"hx-request": "true", "x-csrf-token": beto.csrf, "hx-current-url": f"http://chat.test{at}"}
    return Answer(await beto.http.post(f"{PAGE}/orden", headers=headers, data=form))


async def test_every_reply_stands_on_one_page_with_its_place(shop: Shop) -> None:
    async with shop.browser("beto") as beto:
        seen: list[int] = []
        numbers: list[str] = []
        here = PAGE
        while here:
            page = await beto.get(here)
            seen += page.ids("reply")
            numbers += places(page)
            after = [e["href"] for e in page.page.elements if e[""] == "a" and e.get("href", "").startswith(f"{PAGE}?")]
            here = next((link for link in after if f"desde={len(seen)}" in link), "")
        beyond = await beto.get(f"{PAGE}?desde=99999")
        for strange in ("-1", "9" * 5000, "%00", "1&desde=x", "²"):
            assert (await beto.get(f"{PAGE}?desde={strange}")).status == 200
    assert len(seen) == len(set(seen)) == MANY
    assert numbers == [str(n) for n in range(1, MANY + 1)]
    assert "Respuestas 401 a 450 de 450" in beyond.page.text()


async def test_words_are_found_whatever_their_accents_in_name_and_text(shop: Shop) -> None:
    async with shop.browser("beto") as beto, shop.browser("ana") as ana:
        found = await beto.get(f"{PAGE}?q=ARTICULO+44")
        assert places(found) == ["45", "145", "245", "345", *map(str, range(441, 451))]
        assert "Ninguna respuesta rápida coincide" in (await beto.get(f"{PAGE}?q=nada+de+eso")).page.text()
        assert len((await beto.get(f"{PAGE}?q=secreto")).ids("reply")) == 1
        assert (await ana.get(f"{PAGE}?q=secreto")).ids("reply") == []
        assert len((await beto.get(f"{PAGE}?q=%2Fr123")).ids("reply")) == 1


async def test_a_row_of_a_later_page_is_moved_among_its_neighbours_or_to_any_place(shop: Shop) -> None:
    here = f"{PAGE}?desde=200"
    async with shop.browser("beto") as beto:
        second = await beto.get(here)
        ids, before = second.ids("reply"), await in_order(shop)
        moved = await move(beto, here, ids=",".join(map(str, [ids[1], ids[0], *ids[2:]])))
        assert moved.ids("reply") == [ids[1], ids[0], *ids[2:]]
        assert await in_order(shop) == [*before[:200], before[201], before[200], *before[202:]]
        assert (await move(beto, here, ids=str(ids[5]), lugar="1")).status == 200
        assert (await in_order(shop))[0] == before[205]
        assert (await move(beto, here, ids=str(ids[5]), lugar="9999")).status == 200
        assert (await in_order(shop))[-1] == before[205]
        assert (await move(beto, here, ids="999999", lugar="1")).status == 404
        assert (await move(beto, here, ids="", lugar="1")).status == 404
    async with shop.parts.database.reading() as tx:
        wanted = select(AuditEntry.details).where(AuditEntry.action == "replies_ordered").order_by(AuditEntry.id)
        told = list((await tx.execute(wanted)).scalars())
    assert [len(each["after"]["position"]) for each in told] == [2, 206, 450]


async def test_beside_a_message_the_first_are_offered_and_words_find_the_others(shop: Shop) -> None:
    chat = await shop.add_chat()
    async with shop.browser("ana") as ana:
        first = await ana.get(f"/chats/{chat}/respuestas", "replies")
        assert names(first) == [f"Artículo {n}" for n in range(1, 101)]
        assert "data-more" in first.page.where(id=f"replies-{chat}")[0]
        found = await ana.get(f"/chats/{chat}/respuestas?q=articulo+433", "replies")
        assert names(found) == ["Artículo 433"]
        card = found.page.where(id=f"replies-{chat}")[0]
        assert ("data-more" in card, card["data-asked"]) == (False, "articulo 433")
        begins = await ana.get(f"/chats/{chat}/respuestas?q=R44", "replies")
        assert names(begins)[:2] == ["Artículo 44", "Artículo 440"]
        await shop.change(update(QuickReply).where(QuickReply.name == "r300").values(name="Artículo de moda"))
        assert names(await ana.get(f"/chats/{chat}/respuestas?q=%2Farticulo", "replies"))[:2] == [
            "Artículo 300", "Artículo 1",
        ]  # fmt: skip
        nothing = await ana.get(f"/chats/{chat}/respuestas?q=secreto", "replies")
        assert names(nothing) == []
        assert "Todavía no hay" not in nothing.page.text()


async def test_what_is_looked_for_is_shown_as_it_is_and_only_admins_give_places(shop: Shop) -> None:
    chat, words = await shop.add_chat(), "\"><script>alert(1)</script>'"
    async with shop.browser("beto") as beto, shop.browser("ana") as ana:
        for page in (
            await beto.get(f"{PAGE}?{urlencode({'q': words})}"),
            await ana.get(f"/chats/{chat}/respuestas?{urlencode({'q': words})}", "replies"),
        ):
            assert page.status == 200
            assert words in [value for element in page.page.elements for value in element.values()]
            assert "<script>alert" not in page.html
        assert (await move(ana, PAGE, ids="5", lugar="1")).status == 403
        no_token = {"hx-request": "true"}
        sent = await beto.http.post(f"{PAGE}/orden", headers=no_token, data={"ids": "5", "lugar": "1"})
        assert sent.status_code == 403
