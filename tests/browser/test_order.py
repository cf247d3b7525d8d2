"""Rows moved by keyboard in a hurry end where they were put; a page that is looked at keeps the login."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_row_moved_twice_in_a_hurry_goes_two_places(stage: Stage) -> None:
    beto = await stage.agent("beto")
    page = beto.page
    for path, rows, grip, told in (
        ("/configuracion/botones", "#reply-table tbody > tr[data-id]", "[data-grip]", "**/botones/orden"),
        ("/reglas", "ol.rules[data-behaviour=sorting] >> nth=0 >> li[data-rule]", "[data-handle]", "**/reglas/*/lugar"),
    ):
        await page.goto(path)
        before = await _ids(page, rows)
        wanted = [*before[1:3], before[0], *before[3:]]
        await page.locator(f"#{before[0]} {grip}").focus()
        async with page.expect_response(told):
            await page.keyboard.press("Alt+ArrowDown")
            await page.keyboard.press("Alt+ArrowDown")
        await expect(page.locator(f"#{before[0]} {grip}")).to_be_focused()
        assert await _ids(page, rows) == wanted
        await page.reload()
        assert await _ids(page, rows) == wanted


async def test_a_panel_that_is_looked_at_counts_as_use_and_one_out_of_sight_does_not(stage: Stage) -> None:
    stage.expects("timeout")  # the stream's, when hours go by at once
    page = await stage.window()
    await page.clock.install()
    await page.goto("/login")
    await expect(page.get_by_text("Un panel abierto y a la vista cuenta como uso")).to_be_visible()
    await page.get_by_role("button", name="Entrar como Ana Torres").click()
    await page.wait_for_selector("html[data-ready=yes]:has(#chats)")
    told: list[str] = []
    page.on("request", lambda request: told.append(request.url) if request.url.endswith("/sesiones/uso") else None)
    await page.clock.fast_forward("04:00")
    assert told == []
    async with page.expect_response("**/sesiones/uso") as answer:
        await page.clock.fast_forward("02:00")
    assert (await answer.value).status == 204


async def _ids(page: Page, rows: str) -> list[str]:
    return [str(one) for one in await page.locator(rows).evaluate_all("rows => rows.map(row => row.id)")]
