"""Filters of the list, archived chats, and who sees few chats of many: the same verdict by two ways."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.chats.panel_world import NOW, Shop
from waia.accounts.models import Role
from waia.accounts.signed_in import SignedIn
from waia.chats import access
from waia.chats.models import Chat

HOSTILE = (
    "' OR 1=1 --", "1; DROP TABLE chat_state", "%' UNION SELECT password FROM usuarios --", "\\", "%00", "(", "*", "٣",
    "1e9", "-1", "99999999999999999999", "sin_regla' OR ''='", "${7*7}", "{{7*7}}", "x" * 5_000,
)  # fmt: skip


@pytest.fixture
async def shop(tmp_path: Path, database_url: str) -> AsyncIterator[Shop]:
    shop = await Shop.open(tmp_path, database_url)
    yield shop
    await shop.close()


async def test_each_filter_holds_what_it_says_and_together_they_hold_what_fits_all(shop: Shop) -> None:
    ana = shop.users["ana"]
    sold = await shop.add_chat("Carla", estado="asesor", owner_id=ana, holder="person")
    closed = await shop.add_chat("Diego", estado="cerrado")
    admins = await shop.add_chat("Elena", role="admin", estado="asesor", owner_id=shop.users["beto"])
    old = await shop.add_chat("Fabio", estado="cerrado", last_message_at=NOW - timedelta(days=40))
    expected = {
        "rol=ventas": [sold, closed, old],
        "rol=VENTAS": [sold, closed, old],
        f"dueno={ana}": [sold],
        "dueno=0": [closed, old],
        "estado=cerrado": [closed, old],
        "del=2026-11-22": [admins, closed, sold],
        "al=2026-11-21": [old],
        "del=2026-10-01&al=2026-11-21": [old],
        "rol=ventas&estado=cerrado&del=2026-11-01": [closed],
        "vista=bot&dueno=0": [closed, old],
        "rol=nadie": [],
    }
    async with shop.browser("beto") as beto:
        for query, chats in expected.items():
            assert sorted((await beto.get(f"/?{query}")).ids("chat")) == sorted(chats), query


async def test_filters_stand_as_chips_that_take_them_away_and_stay_from_tab_to_tab(shop: Shop) -> None:
    async with shop.browser("ana") as ana:
        page = (await ana.get("/?vista=mios&rol=ventas&estado=cerrado&del=2026-11-01")).page
    assert (
        page.text("filter-chips")
        == "Ventas Quitar este filtro Cerrado Quitar este filtro Del 1 nov 2026 Quitar este filtro"
    )
    chips = [e["href"] for e in page.elements if e.get("class") == "filter-chip"]
    assert chips[0] == "/?vista=mios&estado=cerrado&del=2026-11-01"
    assert page.where(_data_view="bot")[0]["href"] == "/?vista=bot&rol=ventas&estado=cerrado&del=2026-11-01"
    kept = {e["name"]: e["value"] for e in page.elements if e.get("class") == "view-state"}
    assert kept == {"vista": "mios", "rol": "ventas", "estado": "cerrado", "del": "2026-11-01"}


async def test_filter_params_sqli_corpus(shop: Shop) -> None:
    """I20: whatever stands in a parameter of the list is a value, or nothing."""
    await shop.add_chat("Carla", role="admin")
    async with shop.browser("ana") as ana:
        for name in ("vista", "rol", "dueno", "estado", "del", "al", "antes", "q", "hasta", "ficha"):
            for value in HOSTILE:
                answer = await ana.http.get("/", params={name: value})
                assert answer.status_code == 200, (name, value)
                assert "Carla" not in answer.text


async def test_an_archived_chat_is_only_in_its_own_tab_the_last_archived_first(shop: Shop) -> None:
    values: dict[str, Any] = {"unread": 2, "unanswered_since": NOW, "owner_id": shop.users["ana"]}
    early = await shop.add_chat("Carla", archived_at=NOW - timedelta(hours=1), **values)
    late = await shop.add_chat("Diego", archived_at=NOW, last_message_at=NOW - timedelta(days=3), **values)
    async with shop.browser("ana") as ana:
        for view in ("sin_responder", "mios", "no_leidos", "bot", "todos"):
            assert (await ana.get(f"/?vista={view}")).ids("chat") == [], view
        page = await ana.get("/?vista=archivados")
    assert page.ids("chat") == [late, early]
    assert page.page.text("counts") == "Sin responder Míos No leídos Bot Todos Archivados 2"


async def test_every_tab_goes_on_page_by_page_in_its_order(shop: Shop) -> None:
    at = NOW - timedelta(days=1)
    chats = [
        await shop.add_chat(
            f"Cliente {n}", unread=1, owner_id=shop.users["ana"], unanswered_since=at + timedelta(minutes=n // 2)
        )
        for n in range(45)
    ]
    async with shop.browser("ana") as ana:
        for view, expected in (
            ("sin_responder", chats),
            ("mios", chats[::-1]),
            ("no_leidos", chats[::-1]),
            ("bot", chats[::-1]),
        ):
            first = await ana.get(f"/?vista={view}")
            link = next(e["hx-get"] for e in first.page.elements if "antes=" in e.get("hx-get", ""))
            second = await ana.get(f"/{link}&vista={view}", part="more-chats")
            assert first.ids("chat") + second.ids("chat") == expected, view


async def test_numbers_on_tabs_are_exact_to_99(shop: Shop) -> None:
    for n in range(99):
        await shop.add_chat(f"Cliente {n}", unread=1)
    async with shop.browser("ana") as ana, shop.browser("beto") as beto:
        for who in (ana, beto):
            assert "No leídos 99 Bot 99" in (await who.get("/")).page.text("counts")
        await shop.add_chat("Uno más", unread=1)
        for who in (ana, beto):
            assert "No leídos 99+ Bot 99+" in (await who.get("/")).page.text("counts")


@pytest.mark.parametrize("without_role", ["admins", "all"])
async def test_who_sees_few_chats_sees_the_same_by_list_and_by_gate(shop: Shop, without_role: str) -> None:
    ana, sales = shop.users["ana"], shop.roles["ventas"]
    chats: list[dict[str, Any]] = [
        {"role": "ventas"},
        {"role": ""},
        {"role": "admin"},
        {"role": "admin", "owner_id": ana},
        {"role": "admin", "holder": "queue", "queue_role_id": sales},
        {"role": "admin", "holder": "bot", "queue_role_id": sales},
    ]
    for values in chats:
        await shop.add_chat(**values)
    user = SignedIn(ana, "ana", "Ana", frozenset({sales}), frozenset({"ventas"}), False, 1, "", "", False)
    async with shop.parts.database.reading() as tx:
        gate = await tx.execute(select(Chat.id).where(access.visible_to(user, without_role)))
        few = (await access.sight_of(tx, user, without_role)).few
        assert few is not None
        assert sorted((await tx.execute(select(few.c.id))).scalars()) == sorted(gate.scalars())


async def test_a_chat_that_loses_its_last_role_is_everybodys_where_those_are(tmp_path: Path, database_url: str) -> None:
    """By the card of the contact, and with the role itself; the list follows the gate."""
    shop = await Shop.open(tmp_path, database_url, CHATS_WITHOUT_ROLE="all")
    ours, role = await shop.add_chat(role=""), await shop.add(Role, name="Obra", keyword="obra")
    async with shop.browser("beto") as beto, shop.browser("dora") as dora:

        async def seen() -> list[int]:
            return (await dora.get("/")).ids("chat")

        for take_away in (f"/chats/{ours}/roles/{role}", f"/roles/{role}"):
            assert await seen() == [ours]
            assert (await beto.act("PUT", f"/chats/{ours}/roles/{role}")).status == 200
            assert await seen() == []
            assert (await beto.act("DELETE", take_away)).status == 200
        assert await seen() == [ours]
    await shop.close()


async def test_who_sees_many_chats_gets_the_same_pages(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    chats = [await shop.add_chat(f"Cliente {n}") for n in range(6)]
    await shop.add_chat("Oculta", role="admin")
    monkeypatch.setattr(access, "FEW", 2)
    async with shop.browser("ana") as ana:
        page = await ana.get("/")
    assert page.ids("chat") == chats[::-1]
    assert "Todos 6" in page.page.text("counts")
