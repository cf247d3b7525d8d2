"""Lanes: what is due, who holds it, and what a stale owner may still do (nothing)."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from waia.kit import migrate, queue
from waia.kit.db import Database, Transaction
from waia.kit.events import last_seq, read_after
from waia.kit.wakeups import Wakeups

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SOON = NOW + timedelta(seconds=5)


@pytest.fixture(scope="module", params=["sqlite", "mariadb"])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{Path(tmp_path_factory.mktemp('queue')) / 'waia.db'}"
        return
    yield f"{request.getfixturevalue('mariadb_server')}/queue"


@pytest.fixture
async def database(address: str) -> AsyncIterator[Database]:
    await _create(address)
    opened = Database(address, Wakeups())
    if await migrate.is_empty(opened):
        await migrate.upgrade(opened)
    async with opened.writing() as tx:
        await tx.execute(text("DELETE FROM lanes"))
    yield opened
    await opened.close()


async def _create(address: str) -> None:
    if address.startswith("sqlite"):
        return
    server, _, name = address.rpartition("/")
    engine = create_async_engine(server.replace("mysql://", "mysql+asyncmy://"))
    async with engine.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE IF NOT EXISTS {name} CHARACTER SET utf8mb4"))
    await engine.dispose()


async def test_a_lane_pushed_twice_is_due_at_the_earlier_time(database: Database) -> None:
    async with database.writing() as tx:
        await queue.push(tx, "q", [("a", SOON)])
        await queue.push(tx, "q", [("a", NOW), ("b", SOON)])
        await queue.push(tx, "q", [("a", SOON)])
    async with database.writing() as tx:
        assert await queue.take(tx, "q", NOW) == ["a"]


async def test_a_lane_put_back_waits_for_its_time(database: Database) -> None:
    async with database.writing() as tx:
        await queue.push(tx, "q", [("a", NOW)])
        await queue.later(tx, "q", [("a", SOON)])
        assert await queue.take(tx, "q", NOW) == []
        assert await queue.next_due(tx, "q") == SOON


async def test_a_finished_lane_is_gone_and_other_queues_are_not_touched(database: Database) -> None:
    async with database.writing() as tx:
        await queue.push(tx, "q", [("a", NOW)])
        await queue.push(tx, "other", [("a", NOW)])
        await queue.finish(tx, "q", ["a"])
        assert await queue.take(tx, "q", NOW) == []
        assert await queue.take(tx, "other", NOW) == ["a"]


async def test_a_leased_lane_is_not_due_and_new_work_makes_it_due_after_the_release(database: Database) -> None:
    async with database.writing() as tx:
        await queue.push(tx, "q", [("a", NOW)])
        await queue.lease(tx, "q", ["a"], "me", NOW + queue.LEASE)
    async with database.writing() as tx:
        await queue.push(tx, "q", [("a", SOON)])
        assert await queue.take(tx, "q", SOON) == []
        await queue.release(tx, "q", "me", [queue.Release("a")])
    async with database.writing() as tx:
        assert await queue.take(tx, "q", SOON) == ["a"]


async def test_a_released_lane_without_work_is_gone(database: Database) -> None:
    async with database.writing() as tx:
        await queue.push(tx, "q", [("a", NOW)])
        await queue.lease(tx, "q", ["a"], "me", NOW + queue.LEASE)
        await queue.release(tx, "q", "me", [queue.Release("a")])
        assert await queue.next_due(tx, "q") is None


async def test_a_lease_that_ran_out_is_taken_over_and_the_stale_owner_is_fenced_out(database: Database) -> None:
    async with database.writing() as tx:
        await queue.push(tx, "q", [("a", NOW)])
        await queue.lease(tx, "q", ["a"], "stale", NOW + queue.LEASE)
    later = NOW + queue.LEASE
    async with database.writing() as tx:
        assert await queue.take(tx, "q", later) == ["a"]
        await queue.lease(tx, "q", ["a"], "fresh", later + queue.LEASE)
    with pytest.raises(queue.Fenced):
        async with database.writing() as tx:
            await queue.release(tx, "q", "stale", [queue.Release("a")])
    async with database.writing() as tx:
        await queue.release(tx, "q", "fresh", [queue.Release("a")])


async def test_leases_of_a_process_that_is_gone_end_at_once(database: Database) -> None:
    async with database.writing() as tx:
        await queue.push(tx, "q", [("a", NOW), ("b", NOW)])
        await queue.lease(tx, "q", ["a"], "host|1|x|token", NOW + queue.LEASE)
        await queue.lease(tx, "q", ["b"], "host|2|y|token", NOW + queue.LEASE)
        assert await queue.free_leases_of(tx, "host|1|x|token", NOW) == 1
        assert await queue.take(tx, "q", NOW) == ["a"]


async def test_two_transactions_never_take_the_same_lane(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("one writer: there is only one transaction at a time")
    async with database.writing() as tx:
        await queue.push(tx, "q", [(f"lane-{number}", NOW) for number in range(20)])
    async with database.writing() as one, database.writing() as other:
        first = await queue.take(one, "q", NOW, 10)
        second = await queue.take(other, "q", NOW, 20)
    assert len(first) == 10
    assert not set(first) & set(second)


async def test_a_rolled_back_transaction_leaves_no_event_and_no_gap(database: Database) -> None:
    async with database.reading() as tx:
        before = await last_seq(tx.connection)
    with pytest.raises(RuntimeError):
        await database.run(_announce_and_fail)
    async with database.writing() as tx:
        tx.announce("chat_changed", 2)
        tx.announce("chat_changed", 2)
        tx.announce("message_added", 2, "7")
    async with database.reading() as tx:
        found = await read_after(tx, before)
    assert [(event.seq - before, event.kind) for event in found] == [(1, "chat_changed"), (2, "message_added")]


async def _announce_and_fail(tx: Transaction) -> None:
    tx.announce("chat_changed", 1)
    await tx.finish()
    raise RuntimeError


async def test_a_reading_transaction_cannot_write(database: Database) -> None:
    with pytest.raises(Exception, match=r"readonly|READ ONLY"):
        async with database.reading() as tx:
            await tx.execute(text("DELETE FROM lanes"))
