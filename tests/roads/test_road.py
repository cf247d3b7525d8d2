"""A message goes in, the right answer comes out once, and the ticks rise: on both databases."""

from pathlib import Path

from tests.road_world import served


async def test_a_text_is_stored_answered_once_and_its_ticks_rise(tmp_path: Path, database_url: str) -> None:
    async with served(tmp_path, database_url) as road:
        wamid = await road.says("Hola")
        await road.calm()
        row = await road.store.row("SELECT * FROM mensajes WHERE wa_id = :id", id=wamid)
        print(row, await road.store.rows("select * from mensajes"), road.world.sent)
