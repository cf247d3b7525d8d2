"""What Meta says of a message may come in any order, twice, early, or for strangers: the ticks only rise."""

from functools import partial
from itertools import permutations
from pathlib import Path

import pytest

from tests.road_world import Inside, inside
from tests.roads.bodies import status, value, webhook
from tests.roads.invariants import check_invariants
from tests.roads.store import Store, elsewhere
from waia.chats.delivery import settle_sent
from waia.kit.failpoints import arm

READ, FAILED = 3, -1
ALL_ORDERS = [
    ("".join(word[0] for word in order), order) for order in permutations(("sent", "delivered", "read", "failed"))
]
INSERT = """
    INSERT INTO mensajes (public_id, chat_id, wa_id, mensaje, timestamp, received_at, direction, author, kind, details)
    VALUES (:public_id, 1, :wamid, 'texto', '2026-11-22', '2026-11-22', 'out', 'user', 'text', '{}')
"""


async def tell(road: Inside, wamid: str, *states: str) -> None:
    """Each status in a POST of its own."""
    for state in states:
        code = 131026 if state == "failed" else None
        assert await road.post(webhook(value(statuses=[status(wamid, state, code=code)]))) == 200


@pytest.mark.parametrize("early", [False, True], ids=["after our record", "before our record"])
async def test_in_every_order_the_ticks_end_at_read(tmp_path: Path, database_url: str, early: bool) -> None:
    async with inside(tmp_path, database_url) as road:
        await road.talk("Hola")
        for name, _ in ALL_ORDERS:
            await road.store.rows(INSERT, public_id=name, wamid=None if early else f"wamid.{name}")
        for name, order in ALL_ORDERS:
            await tell(road, f"wamid.{name}", *order, *order)
        await road.calm()
        if early:
            sent = [{"public_id": name, "wamid": f"wamid.{name}"} for name, _ in ALL_ORDERS]
            await road.parts.database.run(lambda tx: settle_sent(tx, sent, road.parts.clock.business()))
        found = await road.store.rows("SELECT public_id, status FROM mensajes WHERE author = 'user'")
        assert {row.public_id: row.status for row in found} == {name: READ for name, _ in ALL_ORDERS}
        assert await road.store.one("SELECT count(*) FROM status_orphans") == 0
        await check_invariants(road)


async def test_a_rank_that_another_process_tells_meanwhile_is_not_lowered(tmp_path: Path, mariadb_url: str) -> None:
    async with inside(tmp_path, mariadb_url) as road:
        await road.talk("Hola")
        await road.calm()
        await road.store.rows(INSERT, public_id="p", wamid="wamid.p")

        async def read() -> None:
            await Store(mariadb_url).rows("UPDATE mensajes SET status = 3 WHERE public_id = 'p'")

        arm("status.before_change", partial(elsewhere, read))
        await tell(road, "wamid.p", "delivered")
        await road.calm()
        assert await road.store.one("SELECT status FROM mensajes WHERE public_id = 'p'") == READ


@pytest.mark.parametrize("order", [("sent", "failed"), ("failed", "sent")])
async def test_a_failure_below_delivered_is_final(tmp_path: Path, sqlite_url: str, order: tuple[str, str]) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        await road.talk("Hola")
        await road.store.rows(INSERT, public_id="p", wamid="wamid.p")
        await tell(road, "wamid.p", *order)
        await road.calm()
        row = await road.store.row("SELECT status, error_code, error_text FROM mensajes WHERE public_id = 'p'")
        assert tuple(row) == (FAILED, 131026, "error 131026")


async def test_a_status_that_comes_before_the_answer_to_the_send_counts(tmp_path: Path, database_url: str) -> None:
    async with inside(tmp_path, database_url) as road:
        road.world.faults.status.before_answer.times = 1
        await road.talk("Hola")
        assert await road.store.one("SELECT status FROM mensajes WHERE direction = 'out'") == READ
        assert await road.store.one("SELECT count(*) FROM status_orphans") == 0


async def test_statuses_that_are_lost_doubled_or_out_of_order_end_at_the_highest(
    tmp_path: Path, sqlite_url: str
) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        faults = road.world.faults
        faults.status.reorder.times = faults.status.duplicate.times = faults.status.drop.times = 1
        faults.webhook.duplicate.times = faults.webhook.parallel_two.times = 2
        await road.talk("Hola")
        assert await road.store.one("SELECT status FROM mensajes WHERE direction = 'out'") >= READ - 1
        await check_invariants(road)


async def test_a_status_of_a_stranger_is_parked_and_changes_nothing(tmp_path: Path, sqlite_url: str) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        await tell(road, "wamid.other-system", "sent", "read")
        await road.calm()
        parked = await road.store.rows("SELECT wamid, `rank` FROM status_orphans ORDER BY `rank`")
        assert [tuple(row) for row in parked] == [("wamid.other-system", 1), ("wamid.other-system", READ)]
        assert await road.store.one("SELECT count(*) FROM mensajes") == 0
