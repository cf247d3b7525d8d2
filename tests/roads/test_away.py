"""Whoever is handed over while nobody works is told so, once in a session."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.road_world import Inside, inside
from tests.roads.desk import publish, rule

FLOW = (
    rule("menu_principal", "iniciar", "¡Hola!"),
    rule("menu_principal", "persona", "Ya viene alguien.", al_terminar="persona"),
)
AWAY = "Ahora no hay nadie."
EVERY_DAY = [f"{day:%d/%m}" for day in (date(2024, 1, 1) + timedelta(days=n) for n in range(366))]


@pytest.fixture
async def road(tmp_path: Path, sqlite_url: str) -> AsyncIterator[Inside]:
    async with inside(tmp_path, sqlite_url) as road:
        await publish(road, *FLOW)
        yield road


async def setting(road: Inside, name: str, value: str) -> None:
    await road.store.rows("DELETE FROM ajustes WHERE name = :name", name=name)
    await road.store.rows("INSERT INTO ajustes (name, value) VALUES (:name, :value)", name=name, value=value)


async def test_the_away_text_goes_out_once_in_a_session_and_only_while_closed(road: Inside) -> None:
    await setting(road, "away_text", AWAY)
    await setting(road, "bot_resume_hours", "0")
    await setting(road, "holidays", "\n".join(EVERY_DAY))
    road.parts.rules.read_again()
    await road.talk("hola")
    assert await road.talk("persona") == ["Ya viene alguien.", AWAY]
    assert await road.talk("persona") == ["Ya viene alguien."]
    await setting(road, "holidays", "")
    road.parts.rules.read_again()
    await road.talk("hola", "diego")
    assert await road.talk("persona", "diego") == ["Ya viene alguien."]
