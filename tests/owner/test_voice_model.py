"""The voice model on the settings page and in `/readyz`: how it stands is told, and it may be asked for."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.chats.panel_world import Browser, Shop
from waia.accounts.models import AuditEntry

PAGE, HERE = "/configuracion/ajustes", "/configuracion/ajustes/voz/modelo"


@pytest.fixture
async def shop(tmp_path: Path, database_url: str) -> AsyncIterator[Shop]:
    shop = await Shop.open(tmp_path, database_url)
    yield shop
    await shop.close()


def tell(shop: Shop, name: str, **told: Any) -> None:
    """As the process that downloads and transcribes tells it."""
    folder = shop.parts.settings.data_dir / "models"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(json.dumps(told))


def model_of(shop: Shop) -> None:
    """As far as a page looks."""
    folder = shop.parts.settings.data_dir / "models" / "es" / "am"
    folder.mkdir(parents=True)
    (folder / "final.mdl").touch()


async def told(browser: Browser) -> str:
    return (await browser.get(PAGE)).page.text("voice-model")


async def ready(browser: Browser) -> dict[str, Any]:
    answer: dict[str, Any] = (await browser.http.get("/readyz")).json()
    return answer


async def test_an_absent_model_is_told_and_harms_nothing(shop: Shop) -> None:
    async with shop.browser("beto") as beto:
        page = (await beto.get(PAGE)).page
        assert "Falta el modelo de voz." in page.text("voice-model")
        assert page.where(hx_post=HERE)
        assert not page.where(hx_get=HERE), "nothing is going on, so nothing is asked again"
        answer = await ready(beto)
    assert (answer["voice"], answer["checks"]["voice"]) == ("absent", "ok")


async def test_the_model_is_asked_for_once_and_its_way_is_followed_to_the_end(shop: Shop) -> None:
    now = shop.parts.clock.real()
    async with shop.browser("beto") as beto:
        for _ in range(2):
            answer = await beto.act("POST", HERE)
            assert "En un momento empieza la descarga." in answer.page.text("voice-model")
            assert answer.page.where(hx_get=HERE)
        assert (await ready(beto))["voice"] == "wanted"
        tell(shop, "download.json", state="downloading", done=20_000_000, total=40_000_000, at=now.isoformat())
        answer = await beto.get(HERE, "voice-model")
        assert "20,0 MB de 40,0 MB" in answer.page.text("voice-model")
        assert answer.page.where(max="40000000", value="20000000")
        assert (await ready(beto))["voice"] == "downloading"
        model_of(shop)
        answer = await beto.get(HERE, "voice-model")
        assert "El modelo de voz está listo." in answer.page.text("voice-model")
        assert not answer.page.where(hx_get=HERE)
        assert (await ready(beto))["voice"] == "present"
    async with shop.parts.database.reading() as tx:
        asked = select(func.count()).where(AuditEntry.action == "voice_model.wanted")
        assert (await tx.execute(asked)).scalar_one() == 1


@pytest.mark.parametrize(
    ("state", "error", "silent_s", "words"),
    [
        ("failed", "network", 0, "No hubo conexión"),
        ("failed", "wrong_checksum", 0, "no es el modelo que el sitio publicó"),
        ("failed", "odd", 0, "el registro del servidor dice qué"),
        ("wanted", "", 600, "el proceso que transcribe no está en marcha"),
        ("downloading", "", 600, "ya no responde"),
    ],
)
async def test_a_download_that_does_not_arrive_says_why_and_can_be_asked_for_again(
    shop: Shop, state: str, error: str, silent_s: int, words: str
) -> None:
    at = (shop.parts.clock.real() - timedelta(seconds=silent_s)).isoformat()
    tell(shop, "download.json", state=state, error=error, at=at)
    async with shop.browser("beto") as beto:
        shown = await told(beto)
        assert words in shown
        assert "Intentar de nuevo" in shown
        assert (await ready(beto))["checks"]["voice"].startswith("the download of the model failed")
        assert "En un momento" in (await beto.act("POST", HERE)).page.text("voice-model")


async def test_hearing_that_is_paused_says_until_when(shop: Shop) -> None:
    now = shop.parts.clock.real()
    model_of(shop)
    async with shop.browser("beto") as beto:
        tell(shop, "breaker.json", until=(now + timedelta(minutes=5)).isoformat())
        assert "En pausa hasta las" in await told(beto)
        assert (await ready(beto))["checks"]["voice"].startswith("paused until")
        tell(shop, "breaker.json", until=(now - timedelta(minutes=5)).isoformat())
        assert "está listo" in await told(beto)


async def test_hearing_that_is_switched_off_says_so(tmp_path: Path, database_url: str) -> None:
    shop = await Shop.open(tmp_path, database_url, MAX_TRANSCRIPTION_DURATION_MS="0")
    async with shop.browser("beto") as beto:
        assert "Apagado." in await told(beto)
        assert "Descargar" not in await told(beto)
    await shop.close()


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"state": 7}', '{"state": "downloading", "at": "yesterday"}', "\0"]
)
async def test_files_that_cannot_be_read_are_as_good_as_none(shop: Shop, content: str) -> None:
    tell(shop, "download.json")
    (shop.parts.settings.data_dir / "models" / "download.json").write_text(content)
    async with shop.browser("beto") as beto:
        assert "Falta el modelo de voz." in await told(beto)


async def test_only_who_administers_sees_and_asks(shop: Shop) -> None:
    async with shop.browser("ana") as ana:
        assert (await ana.get(HERE)).status == 403
        assert (await ana.act("POST", HERE)).status == 403
    assert not (shop.parts.settings.data_dir / "models").exists()
