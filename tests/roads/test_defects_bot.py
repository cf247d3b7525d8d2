"""Defects B of the original that concern the road: zones, processes, people, limits. The rest is in `tests/bot`."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.road_world import SECRET, Served, Waia, inside, said, served, spawn_program
from tests.roads.bodies import texts
from tests.roads.desk import ana_gives_back, ana_takes, ana_writes, publish, rule
from tests.roads.invariants import check_invariants
from tests.servers import free_port
from waia.simulator.wire import signature

GREETING = rule("menu_principal", "iniciar", "¡Hola!")
PRICE = rule("menu_principal", "precio", "Vale 10")
OUT = "SELECT mensaje FROM mensajes WHERE direction = 'out' ORDER BY id"


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles"])
async def test_b03_time_zones_of_app_and_database_do_not_matter(tmp_path: Path, mariadb_url: str, zone: str) -> None:
    """The flow neither restarts with every message nor lives for ever."""
    async with served(tmp_path, mariadb_url, start=False, spawn=spawn_program, SESSION_TIMEOUT="1800") as road:
        await publish(road, GREETING, PRICE)
        await road.store.rows("SET GLOBAL time_zone = '+05:45'")
        try:
            await road.waia.start(TZ=zone)
            assert await road.talk("Hola") == ["¡Hola!"]
            assert await road.talk("precio") == ["Vale 10"]
            await road.store.rows("UPDATE chat_state SET idle_at = idle_at - INTERVAL 1801 SECOND")
            await road.until("SELECT count(*) FROM sessions WHERE end_reason = 'idle'")
            await road.calm()
        finally:
            await road.store.rows("SET GLOBAL time_zone = 'SYSTEM'")


async def test_b05_and_b06_the_bot_is_silent_while_an_agent_talks(tmp_path: Path, sqlite_url: str) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        await publish(road, GREETING, PRICE)
        await road.talk("Hola")
        chat_id: int = await road.store.one("SELECT id FROM chat_state")
        await ana_writes(road, chat_id, "¿En qué te ayudo?", "c1")
        for words in ("quiero ver el menu por favor", "ayuda", "inicio", "precio"):
            assert "¡Hola!" not in await road.talk(words)
        assert await road.store.column(OUT) == ["¡Hola!", "¿En qué te ayudo?"]
        await check_invariants(road)


async def test_b12_texts_that_reach_two_processes_are_one_turn_in_order(tmp_path: Path, mariadb_url: str) -> None:
    async with served(tmp_path, mariadb_url, start=False, BUFFER_SECONDS="2") as road:
        await publish(road, GREETING, rule("menu_principal", "cuánto vale la roja", "Vale 20"))
        async with second_process(road) as other:
            for number, words in enumerate(("cuánto vale", "la roja")):
                body = texts((f"wamid.{number}", words))
                assert (await (road.http, other)[number].post("/webhook", **signed(body))).status_code == 200
            await road.until("SELECT count(*) FROM mensajes WHERE direction = 'in'", 2)
            await road.calm()
        assert [said(sent) for sent in road.world.sent] == ["¡Hola!", "Vale 20"]
        assert await road.store.one("SELECT count(*) FROM decisions") == 1
        await check_invariants(road)


async def test_b13_parallel_jobs_of_one_chat_do_not_race(tmp_path: Path, mariadb_url: str) -> None:
    """Thirty texts of one customer through two processes at once, without a quiet window."""
    async with served(tmp_path, mariadb_url, start=False) as road:
        await publish(road, GREETING, rule("menu_principal", "*", "¿Cómo?"))
        async with second_process(road) as other:
            posts = [
                (road.http, other)[n % 2].post("/webhook", **signed(texts((f"wamid.{n}", f"t{n}")))) for n in range(30)
            ]
            answers = await asyncio.gather(*posts)
            assert {answer.status_code for answer in answers} == {200}
            await road.until("SELECT count(*) FROM mensajes WHERE direction = 'in'", 30)
            await road.calm()
        assert await road.store.column(OUT + " LIMIT 1") == ["¡Hola!"]
        assert await road.store.one("SELECT count(*) FROM mensajes WHERE mensaje = '¡Hola!'") == 1
        assert await road.store.one("SELECT count(*) FROM sessions") == 1
        await check_invariants(road)


async def test_b18_restart_and_fallback_have_their_step_for_reports(tmp_path: Path, sqlite_url: str) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        await publish(road, GREETING, PRICE)
        await road.talk("Hola")
        await road.talk("xyz")
        await road.talk("reiniciar")
        rows = await road.store.rows("SELECT mensaje, step FROM mensajes WHERE direction = 'out' ORDER BY id")
        assert len(rows) >= 4
        assert {row.step for row in rows} == {"menu_principal"}


async def test_b20_a_menu_over_the_limits_of_meta_still_reaches_the_customer(tmp_path: Path, sqlite_url: str) -> None:
    buttons = [{"reply": {"id": f"o{n}", "title": f"Una opción demasiado larga {n}"}, "step": ""} for n in range(12)]
    options = json.dumps(buttons, ensure_ascii=False)
    async with inside(tmp_path, sqlite_url) as road:
        menu = rule("menu_principal", "iniciar", "Elige", tipo="boton", opciones=options)
        await publish(road, menu, rule("menu_principal", "una opción demasiado larga 3", "La tres"))
        (answer,) = await road.talk("Hola")
        assert all(f"Una opción demasiado larga {n}" in answer for n in range(12))
        assert await road.store.one("SELECT status FROM mensajes WHERE direction = 'out'") == 3


async def test_b24_states_follow_the_talk_after_a_person_and_the_bot(tmp_path: Path, sqlite_url: str) -> None:
    states = "SELECT estado FROM chat_state"
    async with inside(tmp_path, sqlite_url) as road:
        await publish(road, GREETING, PRICE)
        await road.talk("Hola")
        chat_id: int = await road.store.one("SELECT id FROM chat_state")
        assert await road.store.one(states) == "espera_usuario"
        await road.talk("xyz")
        assert await road.store.one(states) == "sin_regla"
        await ana_takes(road, chat_id)
        await ana_writes(road, chat_id, "Dime", "c1")
        await road.calm()
        assert await road.store.one(states) == "asesor"
        await road.talk("otra cosa")
        assert await road.store.one(states) == "sin_respuesta"
        await ana_gives_back(road, chat_id)
        await road.talk("precio")
        assert await road.store.one(states) == "espera_usuario"


async def test_b25_what_the_bot_does_not_understand_is_answered(tmp_path: Path, sqlite_url: str) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        await publish(road, GREETING, PRICE)
        await road.talk("Hola")
        assert await road.talk("xyz") == ["No entendí tu respuesta, intenta de nuevo."]


async def test_b27_what_its_owner_removed_is_not_seeded_again(tmp_path: Path, sqlite_url: str) -> None:
    async with served(tmp_path, sqlite_url, start=False, INIT_DB_ON_START="1") as road:
        for sql in ("DELETE FROM roles WHERE keyword = 'cotizar'", "DELETE FROM reglas"):
            await road.store.rows(sql)
        await road.store.rows("UPDATE usuarios SET username = 'jefa' WHERE username = 'admin'")
        await road.waia.start()
        assert "cotizar" not in await road.store.column("SELECT keyword FROM roles")
        assert await road.store.column("SELECT username FROM usuarios") == ["jefa"]
        assert await road.store.one("SELECT count(*) FROM reglas") == 0


def signed(body: bytes) -> dict[str, Any]:
    return {"content": body, "headers": {"x-hub-signature-256": signature(body, SECRET)}}


@asynccontextmanager
async def second_process(road: Served) -> AsyncIterator[httpx.AsyncClient]:
    """The road's process and another one beside the same database; a client of the other."""
    folder = road.waia.folder / "second"
    folder.mkdir()
    environ = road.waia.environ | {"PORT": str(free_port()), "WAIA_DATA": str(folder)}
    other = Waia(folder, environ)
    try:
        await asyncio.gather(road.waia.start(), other.start())
        async with httpx.AsyncClient(base_url=other.address, trust_env=False) as http:
            yield http
    finally:
        await other.kill()
