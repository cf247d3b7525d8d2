"""The page «Salud»: what this machine answers at once, what Meta answers on demand, and nothing that is secret."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.chats.panel_world import Answer, Browser, Shop
from tests.whatsapp.raw_server import RawServer, answer, serving
from waia.accounts.models import AuditEntry
from waia.health.repository import note_loops
from waia.simulator import World, create_graph_app
from waia.simulator.server import serving as graph_serving

PAGE, META, WORK = "/configuracion/salud", "/configuracion/salud/meta", "/configuracion/salud/trabajo"
TOKEN, SECRET, WORD = "planted-secret-token", "planted-app-secret", "planted-verify-word"
SECRETS = {"META_TOKEN": TOKEN, "META_APP_SECRET": SECRET, "VERIFY_TOKEN": WORD, "PHONE_NUMBER_ID": "1"}
HOSTILE = {"error": {"code": 190, "message": f'<img src=x onerror="alert(1)"> Malformed access token {TOKEN}'}}


@pytest.fixture
async def meta() -> AsyncIterator[RawServer]:
    """Refuses every question with words that are dangerous to repeat."""
    async with serving(answer(400, HOSTILE)) as server:
        yield server


@pytest.fixture
async def shop(tmp_path: Path, sqlite_url: str, meta: RawServer) -> AsyncIterator[Shop]:
    shop = await Shop.open(tmp_path, sqlite_url, META_API_URL=meta.url, **SECRETS)
    yield shop
    await shop.close()


def states(answer: Answer) -> dict[str, str]:
    """Of each check on the page, by its name."""
    lines = [element for element in answer.page.elements if "data-check" in element]
    return {line["data-check"]: line["class"].rpartition("--")[2] for line in lines}


async def note_work(shop: Shop, **ago: float) -> None:
    now = shop.parts.clock.real() - timedelta(**ago)
    await shop.parts.database.run(lambda tx: note_loops(tx, now))


async def ready(browser: Browser) -> dict[str, Any]:
    told: dict[str, Any] = (await browser.http.get("/readyz")).json()
    return told


async def test_what_this_machine_answers_is_there_at_once_and_meta_is_not_asked(shop: Shop, meta: RawServer) -> None:
    await note_work(shop)
    async with shop.browser("beto") as beto:
        page = await beto.get(PAGE)
        assert (await ready(beto))["checks"]["workers"] == "ok"
    found = states(page)
    wanted = {"meta_token": "ok", "waba_id": "warn", "database": "ok", "schema": "ok", "workers": "ok", "inbox": "ok"}
    assert {name: found[name] for name in wanted} == wanted
    assert "token" not in found
    assert meta.requests == []
    assert "Funciona; hay" in page.page.text()
    assert page.page.where(hx_post=META)


async def test_work_that_stands_still_shows_on_the_open_page_and_in_readyz(shop: Shop) -> None:
    async with shop.browser("beto") as beto:
        assert states(await beto.get(WORK, "health-work"))["workers"] == "fail"
        assert (await ready(beto))["checks"]["workers"].startswith("None has given")
        await note_work(shop, minutes=3)
        shown = await beto.get(WORK, "health-work")
        assert "desde hace 18" in shown.page.text("health-work")
        told = await ready(beto)
        assert told["status"] == "degraded"
        assert "nothing is read or sent" in told["checks"]["workers"]
        assert "por arreglar" in (await beto.get(PAGE)).page.text()


async def test_what_meta_says_is_shown_as_words_without_secrets_and_asking_is_noted(
    shop: Shop, meta: RawServer
) -> None:
    async with shop.browser("beto") as beto:
        told = await beto.act("POST", META)
        assert states(told)["token"] == "fail"
        assert "Crea en Meta un token permanente" in told.page.text("health-meta")
        assert "Malformed access token •••" in told.page.text("health-meta")
        assert "<img" not in told.html
        asked = len(meta.requests)
        assert asked >= 2
        await beto.act("POST", META)
        assert len(meta.requests) == asked, "who asks again at once gets the same answer"
        kept = await beto.get(PAGE)
        assert states(kept)["token"] == "fail"
        assert kept.page.where(**{"class": "check check--fail"})
        plain = await beto.submit(META)
        assert (plain.status, plain.headers["location"]) == (303, PAGE)
        for answered in (told, kept):
            assert not [secret for secret in (TOKEN, SECRET, WORD) if secret in answered.html]
    async with shop.parts.database.reading() as tx:
        noted = select(AuditEntry.details).where(AuditEntry.action == "health.asked")
        assert [row["state"] for row in (await tx.execute(noted)).scalars()] == ["fail"] * 3


async def test_the_words_are_those_of_the_readers_language(shop: Shop) -> None:
    async with shop.browser("beto") as beto:
        beto.http.headers["accept-language"] = "en"
        page = (await beto.get(PAGE)).page.text()
        assert "None has given a sign of life" in page
        assert "Ninguno ha dado señales" not in page


async def test_settings_ask_meta_by_the_same_door(shop: Shop) -> None:
    async with shop.browser("beto") as beto, shop.browser("ana") as ana:
        assert (await beto.get("/configuracion/ajustes")).page.where(hx_post=META)
        assert (await ana.act("POST", META)).status == 403


async def test_a_well_account_is_told_on_the_page(tmp_path: Path, sqlite_url: str) -> None:
    """The demo's own address is asked where there is no public one; nobody answers there in this test."""
    world = World(
        clock=Shop.parts_of(tmp_path, sqlite_url).clock, webhook_url="http://127.0.0.1:9/webhook", app_secret=SECRET,
        verify_token=WORD, phone_number_ids=["1"], token=TOKEN,
    )  # fmt: skip
    async with graph_serving(create_graph_app(world)) as address:
        shop = await Shop.open(tmp_path, sqlite_url, META_API_URL=address, WABA_ID=world.waba_id, **SECRETS)
        async with shop.browser("beto") as beto:
            told = states(await beto.act("POST", META))
        await shop.close()
    wanted = ("token", "token_expiry", "scopes", "clock", "number:1", "account", "subscribed_app", "app_secret")
    assert {name: told[name] for name in wanted} == dict.fromkeys(wanted, "ok")
    assert told["public_address"] == "unknown", "there is no BASE_URL"
