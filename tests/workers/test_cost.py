"""What a batch costs does not grow with what waits, nor with the customers that there are: counted, not timed."""

from pathlib import Path

from tests.crash.test_restarted import put_aside
from tests.road_world import settings_for
from waia.app.parts import Parts, make_parts
from waia.settings import load_settings
from waia.workers.inbox import InboxWorker

FEW, MANY, BATCHES = 200, 4_000, 50


async def test_a_batch_of_messages_costs_the_same_however_much_there_is(tmp_path: Path, sqlite_url: str) -> None:
    """In steps of SQLite's machine: a statement that goes through a table or an index from end to end shows."""
    parts = make_parts(load_settings(settings_for(tmp_path, "http://127.0.0.1:9", sqlite_url, 5000), env_file=None))
    worker, steps = InboxWorker(parts.database, parts.clock, parts.mind), 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    try:
        await put_aside(sqlite_url, FEW, people=FEW)
        await worker.step()
        await _watch(parts, count)
        await worker.step()
        with_few, steps = steps, 0
        await put_aside(sqlite_url, MANY, people=MANY, first=FEW)
        for _ in range(BATCHES):
            steps = 0
            await worker.step()
        assert 0 < steps < 1.1 * with_few
    finally:
        await parts.stop()


async def _watch(parts: Parts, count: object) -> None:
    """The one connection that writes."""
    async with parts.database.engine.connect() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        raw.set_progress_handler(count, 100)  # type: ignore[union-attr]
