"""What a sheet changes, as rows: on both databases, and when somebody throws the sheet away too early."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.chats.panel_world import Browser, Shop
from tests.owner.books import book
from tests.owner.test_pages import column, look_through, send
from waia.owner.models import SheetChange, SheetImport
from waia.rules.models import RuleDraft, RuleRow
from waia.workers.sheets import SheetsWorker

RULES = "/configuracion/reglas/excel"
TITLES = ["id", "step", "input_text", "respuesta"]


@pytest.fixture
async def shop(tmp_path: Path, database_url: str) -> AsyncIterator[Shop]:
    shop = await Shop.open(tmp_path, database_url)
    yield shop
    await shop.close()


async def test_a_sheet_adds_changes_removes_and_takes_back(shop: Shop) -> None:
    kept, changed, removed = [await shop.add(RuleRow, step="menu", triggers=f"t{n}", text="Hola") for n in range(3)]
    async with shop.browser("beto") as beto:
        await write(beto, "PUT", f"/reglas/{kept}", "t0", "Cambiada")
        rows = [[kept, "menu", "t0", "Hola"], [changed, "menu", "t1", "Adiós"]]
        rows += [[None, "menu", f"nueva {n}", f"¿Qué tal? ñ👍 {n}"] for n in range(600)]
        here = await send(beto, RULES, book(TITLES, *rows), reemplazar="1")
        await look_through(shop)
        shown = await beto.get(here)
        assert "600 nuevas" in shown.page.text("sheet-import")
        assert 'href="/reglas" aria-current="page"' in shown.html, "the tab of the rules is the one that is open"
        assert "Aplicado" in (await beto.act("POST", f"{here}/aplicacion")).page.text()
    drafts = select(RuleDraft.rule_id, RuleDraft.deleted, RuleDraft.rule, RuleDraft.author_id).order_by(RuleDraft.id)
    async with shop.parts.database.reading() as tx:
        found = {row.rule_id: row for row in await tx.execute(drafts)}
    assert found[changed].rule["text"] == "Adiós"
    assert (found[removed].deleted, found[removed].rule["text"]) == (True, "Hola")
    assert kept not in found, "it says again what is in force"
    new = sorted(rule_id for rule_id, row in found.items() if not row.deleted and rule_id != changed)
    assert new == list(range(new[0], new[0] + 600)), "each new rule has a number of its own, in the order of the sheet"
    assert new[0] > removed
    assert [found[rule_id].rule["text"] for rule_id in new] == [f"¿Qué tal? ñ👍 {n}" for n in range(600)]
    assert len({row.author_id for row in found.values()}) == 1


async def test_a_sheet_that_is_thrown_away_while_it_is_looked_through_leaves_nothing(shop: Shop) -> None:
    rows = [["menu", f"palabra {n}", "Hola"] for n in range(2_000)]
    async with shop.browser("beto") as beto:
        here = await send(beto, RULES, book(TITLES[1:], *rows))
        parts = shop.parts
        worker = SheetsWorker(parts.database, parts.clock, parts.storage, parts.rules)
        looking = asyncio.create_task(worker.step())
        while await column(shop, select(SheetImport.state)) != ["checking"]:  # noqa: ASYNC110  # another task's work
            await asyncio.sleep(0)
        await discard(beto, here)
        await looking
    assert await column(shop, select(SheetImport.id)) == []
    assert await column(shop, select(SheetChange.place)) == []


async def test_a_sheet_compared_anew_holds_the_new_changes_only(shop: Shop) -> None:
    async with shop.browser("beto") as beto:
        here = await send(beto, RULES, book(TITLES[1:], ["menu", "uno", "Uno"], ["menu", "dos", "Dos"]))
        await look_through(shop)
        await write(beto, "POST", "/reglas", "uno", "Uno")
        assert (await beto.act("POST", f"{here}/aplicacion")).status == 409
        await look_through(shop)
        assert await column(shop, select(SheetChange.act)) == ["write"]
        assert (await beto.act("POST", f"{here}/aplicacion")).status == 200
        await discard(beto, here)
    assert await column(shop, select(SheetChange.act)) == []


async def write(beto: Browser, method: str, path: str, triggers: str, words: str) -> None:
    """A rule of the menu, through its form."""
    answer = await beto.act(method, path, step="menu", triggers=triggers, text=words, kind="texto")
    assert answer.status == 200, answer.page.text()


async def discard(beto: Browser, here: str) -> None:
    assert (await beto.act("DELETE", here)).status == 200
