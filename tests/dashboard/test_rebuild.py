"""`waia rebuild-rollups`, as an owner types it, while waia has the database open."""

import asyncio
import os
import sys
from pathlib import Path

from sqlalchemy import delete, update

from tests.chats.panel_world import NOW, Shop
from tests.dashboard.histories import SETTINGS, Cards, count_all
from waia.dashboard.models import DailyMessages, KeptChat, KeptPeriod, MonthlyTop

KEYS = ("totales", "numeros", "sin_asesor", "palabras", "palabras_por_numero", "dias")


async def test_figures_that_went_wrong_are_right_after_rebuild_rollups(shop: Shop, tmp_path: Path) -> None:
    carla, diego = await shop.add_chat("Carla"), await shop.add_chat("Diego")
    for chat, text in ((carla, "precio del mesón"), (carla, "precio"), (diego, "hola mesón")):
        await shop.add_message(chat, text, timestamp=NOW)
    await shop.add_sent(carla, "Te cotizo", "user", user_id=shop.users["ana"], timestamp=NOW)
    await count_all(shop)
    right = await _told(shop)
    assert right["sin_asesor"] == [["Clientes sin asesor", "1"], ["Mensajes que escribieron", "1"]]
    async with shop.parts.database.writing() as tx:
        await tx.execute(delete(DailyMessages))
        await tx.execute(update(MonthlyTop).values(n=MonthlyTop.n + 5))
        await tx.execute(delete(KeptChat).where(KeptChat.chat_id == carla))
        await tx.execute(update(KeptPeriod).values(chats_alone=7, received_alone=9))
    assert await _told(shop) != right
    assert await _typed(shop, tmp_path, "rebuild-rollups") == "The figures are up to date: 2 chats.\n"
    assert await _told(shop) == right


async def _told(shop: Shop) -> dict[str, list[list[str]]]:
    """What the board shows of each of these cards."""
    async with shop.browser("beto") as beto:
        cards = Cards((await beto.get("/tablero?periodo=30d")).html)
    facts = {key: [list(pair) for pair in cards.facts[key].items()] for key in KEYS}
    return {key: facts[key] + cards.tables[key] if key != "sin_asesor" else facts[key] for key in KEYS}


async def _typed(shop: Shop, folder: Path, command: str) -> str:
    """What it says; it has to end well."""
    place = {"WAIA_DATA": str(folder), "DATABASE_URL": shop.parts.settings.database_url, "WAIA_CLOCK": NOW.isoformat()}
    environ = {"PATH": os.defpath, "HOME": str(folder), **SETTINGS, **place}
    program = Path(sys.executable).with_name("waia")
    process = await asyncio.create_subprocess_exec(
        program, command, env=environ, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    said, complained = await process.communicate()
    assert process.returncode == 0, complained.decode()
    return said.decode()
