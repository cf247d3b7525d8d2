"""A message goes in, the right answer comes out once and its ticks rise; floods and repeats change nothing."""

import asyncio
from pathlib import Path

import pytest

from tests.road_world import Road, said, served, spawn_program
from tests.roads.bodies import CARLA, DIEGO, ELENA, status, text, texts, value, webhook
from tests.roads.invariants import check_invariants

TIMES = 50
BOTH_TICKS = 3
GREETING = "Hola, gracias por escribirnos. ¿En qué te ayudamos?"


async def test_a_text_to_a_fresh_waia_is_stored_answered_once_and_its_ticks_rise(
    tmp_path: Path, empty_database_url: str
) -> None:
    async with served(tmp_path, empty_database_url, spawn=spawn_program) as road:
        wamid = await road.says("Hola")
        await road.calm()
        asked, answer = await road.store.rows("SELECT * FROM mensajes ORDER BY id")
        assert (asked.wa_id, asked.numero, asked.tipo, asked.mensaje) == (wamid, CARLA, "cliente", "Hola")
        assert (answer.tipo, answer.step, answer.regla_id) == ("bot", "menu_principal", 1)
        assert [(said(sent), sent.wamid) for sent in road.world.sent] == [(GREETING, answer.wa_id)]
        assert answer.status == BOTH_TICKS
        await check_invariants(road)


@pytest.mark.parametrize("buffer_s", ["0", "0.3"])
async def test_a_batch_delivered_50_times_in_parallel_counts_once(
    tmp_path: Path, database_url: str, buffer_s: str
) -> None:
    async with served(tmp_path, database_url, BUFFER_SECONDS=buffer_s) as road:
        await road.says("Hola", "carla")
        await road.calm()
        known = road.world.sent[0].wamid
        people = zip("abc", (CARLA, DIEGO, ELENA), strict=True)
        messages = [text(f"wamid.{name}", "horario", sender=sender) for name, sender in people]
        body = webhook(value(messages), value(statuses=[status(known, "read"), status("wamid.strange", "sent")]))
        answers = await asyncio.gather(*(road.post(body) for _ in range(TIMES)))
        assert answers == [200] * TIMES
        await road.calm()
        await check_invariants(road)
        assert await road.store.one("SELECT count(*) FROM mensajes WHERE direction = 'in'") == 1 + 3
        assert await road.store.one("SELECT count(*) FROM decisions") == 1 + 3
        assert await road.store.column("SELECT wamid FROM status_orphans") == ["wamid.strange"]


async def test_three_texts_inside_the_quiet_window_are_three_rows_and_one_decision(
    tmp_path: Path, database_url: str
) -> None:
    async with served(tmp_path, database_url, BUFFER_SECONDS="1.5") as road:
        await say_three(road)
        await road.calm()
        await check_three_as_one(road)


async def test_a_quiet_window_survives_a_killed_process(tmp_path: Path, database_url: str) -> None:
    """A6 and B12 of the original: buffers and timers lived in the memory of one process."""
    async with served(tmp_path, database_url, BUFFER_SECONDS="2") as road:
        await say_three(road)
        await road.until("SELECT count(*) FROM mensajes", 3)
        await road.waia.kill()
        assert await road.store.one("SELECT count(*) FROM decisions") == 0
        await road.waia.start()
        await road.calm()
        await check_three_as_one(road)


async def say_three(road: Road) -> None:
    for number, words in enumerate(("Buenas", "una pregunta", "a qué hora abren")):
        assert await road.post(texts((f"wamid.{number}", words))) == 200


async def check_three_as_one(road: Road) -> None:
    await check_invariants(road)
    assert await road.store.one("SELECT count(*) FROM mensajes WHERE direction = 'in'") == 3
    assert await road.store.one("SELECT count(*) FROM decisions") == 1
    decided = await road.store.column("SELECT DISTINCT decision_id FROM mensajes WHERE direction = 'in'")
    assert len(decided) == 1
    assert said(road.world.sent[0]) == GREETING
    assert len(road.world.sent) == len({sent.opaque for sent in road.world.sent})
