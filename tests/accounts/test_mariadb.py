"""The same doors on MariaDB, where transactions really run side by side."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.accounts.world import NEW_PASSWORD, PASSWORD, TESTS, World
from waia.accounts import audit, people
from waia.accounts.errors import LastAdmin, TooManyTries
from waia.accounts.repository import users
from waia.kit.db import Database, Transaction
from waia.kit.wakeups import Wakeups


@pytest_asyncio.fixture
async def world(mariadb_url: str, tmp_path: Path) -> AsyncIterator[World]:
    database = Database(mariadb_url, Wakeups())
    yield World(tmp_path, database)
    await database.close()


async def test_a_working_day_on_mariadb(world: World) -> None:
    ana = await world.add_user("Ana", "ventas")
    await world.add_user("beto", "admin")
    browser, other = world.browser(), world.browser()
    assert (await browser.sign_in("ana", "wrong")).status_code == 401
    assert (await browser.sign_in("ANA", next_path="/sesiones")).headers["location"] == "/sesiones"
    assert (await other.sign_in("ana")).status_code == 303
    world.clock.move(minutes=2)
    assert await browser.is_signed_in()
    changed = await browser.submit("/clave", current=PASSWORD, password=NEW_PASSWORD, repeated=NEW_PASSWORD)
    assert changed.status_code == 303
    assert await browser.is_signed_in()
    assert not await other.is_signed_in()
    await world.database.run(lambda tx: people.disable_user(tx, TESTS, ana, now=world.clock.now))
    world.clock.move(seconds=5)
    assert not await browser.is_signed_in()
    assert await world.trail_is_intact()


async def test_entries_written_at_the_same_time_form_one_chain(world: World) -> None:
    async def write(number: int) -> None:
        now = world.clock.now
        await world.database.run(lambda tx: audit.record(tx, TESTS, "sample", subject=str(number), now=now))

    await asyncio.gather(*[write(number) for number in range(30)])
    assert (await world.trail())[-30:] == ["sample"] * 30
    assert await world.trail_is_intact()


async def test_the_trail_cannot_be_changed(database_url: str, tmp_path: Path) -> None:
    database = Database(database_url, Wakeups())
    await World(tmp_path, database).add_user("ana")
    for statement in ("UPDATE audit_log SET username = 'x'", "DELETE FROM audit_log"):
        with pytest.raises(DBAPIError, match="append-only"):
            await database.run(lambda tx: tx.execute(text(statement)))  # noqa: B023
    await database.close()


async def test_guesses_at_the_same_time_do_not_slip_through_together(world: World) -> None:
    tries = [world.accounts.throttle.begin("ana", "203.0.113.7") for _ in range(30)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(result, TooManyTries) for result in results) == 25


async def test_guesses_at_two_webs_at_the_same_time_count_together(
    world: World, mariadb_url: str, tmp_path: Path
) -> None:
    database = Database(mariadb_url, Wakeups())
    other = World(tmp_path, database)
    tries = [each.accounts.throttle.begin("ana", "203.0.113.7") for _ in range(15) for each in (world, other)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    await database.close()
    assert sum(isinstance(result, TooManyTries) for result in results) == 25


async def test_two_admins_cannot_remove_each_other_at_the_same_time(world: World) -> None:
    beto, ana = await world.add_user("beto", "admin"), await world.add_user("ana", "admin")
    async with world.database.reading() as tx:
        first = await users(tx).named("admin")
    assert first is not None
    await world.database.run(lambda tx: people.disable_user(tx, TESTS, first.id, now=world.clock.now))

    def remove(user_id: int) -> asyncio.Future[None]:
        async def work(tx: Transaction) -> None:
            await people.disable_user(tx, TESTS, user_id, now=world.clock.now)

        return asyncio.ensure_future(world.database.run(work))

    results = await asyncio.gather(remove(beto), remove(ana), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == sorted([LastAdmin.__name__, "NoneType"])
