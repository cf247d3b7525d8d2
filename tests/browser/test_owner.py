"""From an empty database to customers who get their answers: once rule by rule with the mouse, once from a sheet."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.async_api import Browser, expect

from tests.browser.owner import MENUS, Owner
from tests.browser.stage import House, Stage
from tests.road_world import Served, served
from waia.bot.menus import parse_menu
from waia.rules.models import RuleRow
from waia.seeds.shop import GREETING, shop_rules

pytestmark = pytest.mark.asyncio(loop_scope="session")

PASSWORD = "una-clave-bien-larga"
HOME = "menu_principal"
RULES = """
    SELECT step, input_text, respuesta, siguiente_step, tipo, opciones, rol_keyword, calculo, match, condition,
      al_terminar, guardar_como, capture_kind, capture_retry, unit, minimum, maximum, enabled,
      (SELECT count(*) FROM regla_medias WHERE regla_id = reglas.id) FROM reglas ORDER BY step, priority, id
"""


@asynccontextmanager
async def new_shop(browser: Browser, folder: Path) -> AsyncIterator[tuple[Served, Owner]]:
    """waia as somebody has just installed it, and its owner, signed in, at the rules."""
    async with served(folder, f"sqlite:///{folder / 'waia.db'}", WAIA_ADMIN_PASSWORD=PASSWORD) as road:
        stage = Stage(browser, House(road.waia, road.store, road=road))
        owner = Owner(await stage.window())
        await owner.signs_in("admin", PASSWORD)
        yield road, owner
        await stage.close()
        assert not stage.surprises, stage.surprises


@pytest.mark.timeout(600)
async def test_the_demos_flow_is_built_with_the_mouse_and_then_from_a_sheet(browser: Browser, tmp_path: Path) -> None:
    async with new_shop(browser, folder_in(tmp_path, "first")) as (road, owner):
        await owner.adds_role("Ventas", "ventas")
        await owner.opens("Reglas")
        await owner.removes_rules()
        for rule in shop_rules(HOME, ""):
            await owner.writes_rule(rule)
        await owner.pictures("rules")
        await owner.tries("hola", "¿En qué te ayudo?")
        await owner.taps("Cotizar un mesón", "¿Cómo te llamas?")
        await owner.tries("Carla", "¿Qué material quieres?")
        await owner.publishes()
        assert await in_force(road) == wanted()
        await customer_is_answered(road)
        sheet = await sheet_of(owner)
    async with new_shop(browser, folder_in(tmp_path, "second")) as (road, owner):
        await owner.adds_role("Ventas", "ventas")
        await owner.opens("Reglas")
        await owner.opens("Excel")
        await owner.pictures("sheets")
        await owner.page.get_by_label("Archivo .xlsx").set_input_files(sheet)
        await owner.page.get_by_label("Reemplazar todo").check()
        await owner.page.get_by_role("button", name="Subir y comparar").click()
        apply = owner.page.get_by_role("button", name="Aplicar todo")
        await expect(apply).to_be_visible()
        await owner.pictures("import")
        await apply.click()
        await expect(owner.page.get_by_text("Aplicado")).to_be_visible()
        await owner.publishes()
        assert await in_force(road) == wanted()
        await customer_is_answered(road)


async def customer_is_answered(road: Served) -> None:
    assert await road.talk("Hola") == [GREETING]
    assert road.world.sent[-1].payload["interactive"]["header"]["text"] == "Mesones La Piedra"
    assert await road.talk("¿Cuánto cuesta?") == ["Con gusto. ¿Cómo te llamas?"]
    assert await road.talk("Carla") == ["Gracias, Carla. ¿Qué material quieres?"]
    (ask,) = await road.talk("cuarzo")
    assert ask.startswith("¿Qué medidas tiene tu mesón de cuarzo?")
    price, go_on = await road.talk("2,40 x 0,60")
    assert "cuesta *$ 892800*" in price.replace(".", "")
    assert go_on == "¿Seguimos?"


async def sheet_of(owner: Owner) -> Path:
    """The flow as it goes out; its files have addresses that another installation can reach."""
    await owner.opens("Excel")
    async with owner.page.expect_download() as download:
        await owner.page.get_by_role("link", name="Descargar lo que hay").click()
    return await asyncio.to_thread(_with_public_files, await (await download.value).path())


def _with_public_files(path: Path) -> Path:
    book = load_workbook(BytesIO(path.read_bytes()))
    rows: Any = book.active
    titles = [cell.value for cell in rows[1]]
    for row in rows.iter_rows(min_row=2):
        row[titles.index("id")].value = None
        if row[titles.index("media_url")].value:
            row[titles.index("media_url")].value = f"https://mesones.example/{row[0].row}.bin"
    changed = path.with_suffix(".xlsx")
    book.save(changed)
    return changed


def folder_in(parent: Path, name: str) -> Path:
    (parent / name).mkdir()
    return parent / name


async def in_force(road: Served) -> list[tuple[Any, ...]]:
    return [_told(*row) for row in await road.store.rows(RULES)]


def wanted() -> list[tuple[Any, ...]]:
    rules = shop_rules(HOME, "")
    for place, rule in enumerate(rules):
        rule.id = place
    return [_of(rule) for rule in sorted(rules, key=lambda rule: (rule.step, rule.id))]


def _of(rule: RuleRow) -> tuple[Any, ...]:
    return _told(
        rule.step, rule.triggers, rule.text, rule.next_steps, rule.kind or "texto", rule.options, rule.role_keyword,
        rule.formula, rule.match or "exacta", rule.condition or "siempre", rule.at_end or "seguir", rule.capture_name,
        rule.capture_kind or "texto", rule.capture_retry, rule.unit, rule.minimum, rule.maximum, True,
        len(rule.medias),
    )  # fmt: skip


def _told(*columns: Any) -> tuple[Any, ...]:
    """What a rule does; the ids of its options are whatever the editor made of them."""
    told = [column or None for column in columns]
    menu = parse_menu(told[5] or "", MENUS[told[4]]) if told[4] in MENUS else None
    options = [(one.title, one.description, one.target) for one in menu.options] if menu else None
    frame = (menu.header, menu.footer, menu.button, len(menu.sections)) if menu and told[4] == "lista" else None
    return (*told[:5], options, frame, *told[6:])
