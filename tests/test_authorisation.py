"""Who gets what: every route, for everybody, as written down in authorisation.toml."""

import sqlite3
import tomllib
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio

from tests.authorisation_world import PEOPLE, Building, Door, doors
from tests.road_world import fresh_sqlite
from waia.accounts.guards import is_public, needs_token
from waia.settings import load_settings

MATRIX = tomllib.loads((Path(__file__).parent / "authorisation.toml").read_text("utf-8"))


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Building]:
    folder = tmp_path_factory.mktemp("building")
    environment = {
        "WAIA_DATA": str(folder),
        "DATABASE_URL": fresh_sqlite(sqlite_template, folder),
        "WAIA_DEMO": "1",
        "META_APP_SECRET": "app-secret",
        "VERIFY_TOKEN": "verify-token",
        "PHONE_NUMBER_ID": "1",
    }
    made = Building(load_settings(environment, env_file=None))
    made.parts.start_web()
    yield made
    await made.parts.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def building(house: Building) -> Building:
    """With visitors who were not here before."""
    await house.invite()
    return house


async def test_every_route_is_in_the_matrix_and_the_matrix_holds_no_other(building: Building) -> None:
    assert MATRIX["people"] == list(PEOPLE)
    assert [door.name for door in doors(building.app)] == sorted(MATRIX["routes"])


@pytest.mark.parametrize("name", [name for name in MATRIX["routes"] if not name.startswith(("GET ", "HEAD "))])
async def test_everybody_gets_what_the_matrix_says_of_changes(building: Building, name: str) -> None:
    assert await _statuses(building, name) == MATRIX["routes"][name]


async def test_everybody_gets_what_the_matrix_says_of_looks(building: Building) -> None:
    looks = [name for name in MATRIX["routes"] if name.startswith(("GET ", "HEAD "))]
    assert {name: await _statuses(building, name) for name in looks} == {name: MATRIX["routes"][name] for name in looks}


async def test_a_stranger_gets_nothing_but_what_is_public(building: Building) -> None:
    for door in doors(building.app):
        answer = await building.ask(door, "anonymous", accept="application/json")
        assert is_public(door.opt) or answer.status == 401, door.name


async def test_before_the_first_password_change_everything_leads_there(building: Building) -> None:
    for door in doors(building.app):
        if not is_public(door.opt) and not door.opt.get("while_must_change"):
            answer = await building.ask(door, "must_change")
            led_there = (answer.status, answer.headers.get("location")) == (303, "/clave")
            assert led_there or answer.status == 403, door.name


async def test_no_route_that_changes_things_works_without_the_token_of_the_login(building: Building) -> None:
    for door in _guarded(building):
        answer = await building.ask(door, "admin", x_csrf_token="another")
        assert answer.status == 403, door.name


async def test_no_route_that_changes_things_listens_to_another_site(building: Building) -> None:
    for door in _guarded(building):
        for told in (
            {"sec_fetch_site": "cross-site"},
            {"sec_fetch_site": "same-site"},
            {"origin": "https://evil.test"},
        ):
            assert (await building.ask(door, "admin", **told)).status == 403, (door.name, told)


async def test_only_what_protects_itself_goes_without_the_token(building: Building) -> None:
    unguarded = {door.name for door in doors(building.app) if not needs_token(door.opt)}
    assert unguarded == set(MATRIX["without_token"])


async def test_reading_never_writes(building: Building) -> None:
    with closing(sqlite3.connect(building.parts.settings.data_dir / "waia.db")) as watcher:
        before = watcher.execute("PRAGMA data_version").fetchone()
        for door in doors(building.app):
            if not door.changes_things and door.name not in MATRIX["noted_looks"]:
                await building.ask(door, "agent_own")
                assert watcher.execute("PRAGMA data_version").fetchone() == before, door.name


async def test_a_look_that_is_noted_writes_into_the_trail_and_nowhere_else(building: Building) -> None:
    with closing(sqlite3.connect(building.parts.settings.data_dir / "waia.db")) as watcher:
        before = _contents(watcher)
        for name in MATRIX["noted_looks"]:
            assert (await building.ask(_door(building, name), "agent_own")).status == 200
        after = _contents(watcher)
    changed = {table for table, rows in after.items() if rows != before[table]}
    assert changed == {"audit_log", "counters"}


def _contents(watcher: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    named = watcher.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return {name: watcher.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in named}


async def _statuses(building: Building, name: str) -> list[int]:
    door = _door(building, name)
    return [(await building.ask(door, person)).status for person in PEOPLE]


def _door(building: Building, name: str) -> Door:
    return next(door for door in doors(building.app) if door.name == name)


def _guarded(building: Building) -> list[Door]:
    return [door for door in doors(building.app) if door.changes_things and door.name not in MATRIX["without_token"]]
