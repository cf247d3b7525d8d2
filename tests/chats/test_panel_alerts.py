"""What Meta says of the account: admins see it until one of them has seen it, nobody else does."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chats.panel_world import NOW, Shop
from waia.whatsapp.alerts_repository import raise_alert


@pytest.fixture
async def shop(tmp_path: Path, database_url: str) -> AsyncIterator[Shop]:
    shop = await Shop.open(tmp_path, database_url)
    yield shop
    await shop.close()


async def _alert(shop: Shop, text: str) -> None:
    async with shop.parts.database.writing() as tx:
        await raise_alert(tx, now=NOW, kind="account_update", text=text, raw=b"{}", severity="critical")


async def test_an_admin_sees_an_alert_and_says_so(shop: Shop) -> None:
    await _alert(shop, "Meta restringió <b>la cuenta</b>")
    async with shop.browser("beto") as beto:
        page = await beto.get("/avisos")
        assert "Meta restringió <b>la cuenta</b>" in page.page.text("alerts")
        answer = await beto.act("POST", "/avisos/1/visto")
        assert "Meta restringió" not in answer.page.text("alerts")


async def test_the_same_alert_is_shown_once(shop: Shop) -> None:
    for _ in range(3):
        await _alert(shop, "El token venció")
    async with shop.browser("beto") as beto:
        page = await beto.get("/avisos")
    assert page.page.text("alerts").count("El token venció") == 1


async def test_for_an_agent_there_are_no_alerts(shop: Shop) -> None:
    await _alert(shop, "El token venció")
    async with shop.browser("ana") as ana:
        assert (await ana.get("/avisos")).status == 404
        assert (await ana.act("POST", "/avisos/1/visto")).status == 404
