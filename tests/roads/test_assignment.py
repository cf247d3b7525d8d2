"""Who gets a chat that the bot hands over: somebody of the role who is there, the last owner first, else the queue."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.road_world import Inside, inside
from tests.roads.desk import ana_closes, publish, rule
from tests.roads.invariants import check_invariants

FLOW = (
    rule("menu_principal", "iniciar", "¡Hola!"),
    rule("menu_principal", "persona", "Ya viene alguien.", rol_keyword="ventas", al_terminar="persona"),
)
HOLDER = "SELECT holder, owner_id, unanswered_since IS NOT NULL FROM chat_state ORDER BY id"
PEOPLE = {"ana": 101, "dora": 102, "elena": 103, "fabio": 104}


@pytest.fixture
async def road(tmp_path: Path, sqlite_url: str) -> AsyncIterator[Inside]:
    """Ana, Dora and Fabio sell, Elena does not."""
    async with inside(tmp_path, sqlite_url) as road:
        await road.store.rows(
            "INSERT INTO roles (id, name, keyword) VALUES (50, 'Ventas', 'ventas'), (51, 'Caja', 'caja')"
        )
        for name, user_id in PEOPLE.items():
            await road.store.rows(f"INSERT INTO usuarios (id, username, password) VALUES ({user_id}, '{name}', '!')")
            role = 51 if name == "elena" else 50
            await road.store.rows(f"INSERT INTO user_roles (user_id, role_id) VALUES ({user_id}, {role})")
        await publish(road, *FLOW)
        yield road
        await check_invariants(road)


async def test_whoever_is_there_and_holds_the_fewest_chats_gets_it(road: Inside) -> None:
    await is_there(road, "ana", "dora", "elena")
    got = [await asks_for_a_person(road, customer) for customer in ("carla", "diego", "elena")]
    assert got == [("person", PEOPLE["ana"], 1), ("person", PEOPLE["dora"], 1), ("person", PEOPLE["ana"], 1)]


async def test_nobody_there_leaves_it_in_the_queue(road: Inside) -> None:
    await is_there(road, "elena")
    assert await asks_for_a_person(road) == ("queue", None, 1)


async def test_who_is_away_disabled_or_gone_for_a_minute_gets_nothing(road: Inside) -> None:
    await is_there(road, "ana", "dora", "fabio")
    await road.store.rows(
        "UPDATE usuarios SET away_at = created_at, away_at = '2026-01-01 00:00:00.000000' WHERE id = 101"
    )
    await road.store.rows("UPDATE usuarios SET disabled_at = '2026-01-01 00:00:00.000000' WHERE id = 102")
    long_ago = (datetime.now(UTC) - timedelta(seconds=90)).strftime("%Y-%m-%d %H:%M:%S.%f")
    await road.store.rows("UPDATE presence SET seen_at = :then WHERE user_id = 104", then=long_ago)
    assert await asks_for_a_person(road) == ("queue", None, 1)


async def test_a_customer_who_returns_gets_the_last_owner_again(road: Inside) -> None:
    await is_there(road, "dora")
    assert await asks_for_a_person(road) == ("person", PEOPLE["dora"], 1)
    await is_there(road, "ana")
    await ana_closes(road, await road.store.one("SELECT id FROM chat_state"))
    await road.talk("hola")
    assert await asks_for_a_person(road) == ("person", PEOPLE["dora"], 1)


async def test_the_owner_may_turn_it_off(tmp_path: Path, sqlite_url: str) -> None:
    async with inside(tmp_path, sqlite_url, WAIA_AUTO_ASSIGN="0") as road:
        await publish(road, FLOW[0], {**FLOW[1], "rol_keyword": ""})
        await road.store.rows("INSERT INTO usuarios (id, username, password) VALUES (101, 'ana', '!')")
        await is_there(road, "ana")
        assert await asks_for_a_person(road) == ("queue", None, 1)


async def is_there(road: Inside, *names: str) -> None:
    """As a panel that they have open in another process tells it."""
    for name in names:
        await road.store.rows(
            "INSERT INTO presence (process, user_id, chat_id, seen_at) VALUES ('other', :user, 0, :now)",
            user=PEOPLE[name], now=datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f"),
        )  # fmt: skip


async def asks_for_a_person(road: Inside, customer: str = "carla") -> tuple[str, int | None, int]:
    """Who holds the newest chat afterwards, and whether the customer waits."""
    await road.talk("hola", customer)
    await road.talk("persona", customer)
    holder, owner, waits = (await road.store.rows(HOLDER))[-1]
    return holder, owner, waits
