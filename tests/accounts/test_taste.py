"""Theme and language belong to the person: kept by the server, valid in whatever browser, else as the browser says."""

from pathlib import Path

import pytest

from tests.chats.panel_world import Shop


async def test_theme_and_language_follow_the_person(tmp_path: Path, database_url: str) -> None:
    shop = await Shop.open(tmp_path, database_url)
    async with shop.browser("ana") as browser:
        assert (await browser.get("/")).page.where(lang="es", data_known="")
        assert (await browser.act("PUT", "/preferencias", tema="dark")).status == 204
        assert (await browser.submit("/preferencias", idioma="en")).status == 303
    shop.tokens["ana"] = await shop.sign_in("ana")
    async with shop.browser("ana") as other:
        assert (await other.get("/")).page.where(lang="en", data_theme="dark")
        account = await other.get("/sesiones")
        chosen = {option["value"] for option in account.page.where(selected="")}
        assert chosen == {"dark", "en"}
        assert (await other.act("PUT", "/preferencias", tema="system", idioma="")).status == 204
        (html,) = [element for element in (await other.get("/")).page.elements if element[""] == "html"]
        assert (html["lang"], "data-theme" in html) == ("es", False)
    async with shop.browser("beto") as beto:
        assert (await beto.get("/")).page.where(lang="es")
    await shop.close()


@pytest.mark.parametrize("fields", [{"tema": "negro"}, {"idioma": "fr"}, {"otra": "x"}])
async def test_what_waia_does_not_have_is_refused(tmp_path: Path, database_url: str, fields: dict[str, str]) -> None:
    shop = await Shop.open(tmp_path, database_url)
    async with shop.browser("ana") as browser:
        assert (await browser.act("PUT", "/preferencias", **fields)).status == 422
    await shop.close()
