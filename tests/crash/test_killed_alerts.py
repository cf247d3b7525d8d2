"""`kill -9` while alerts are raised and files are made: each situation keeps its count, each file is made once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from tests.crash.fleet import fleet
from tests.road_world import Served, Waia, eventually
from waia.kit.failpoints import KILLED

NOW = datetime(2026, 11, 22, 15, 0)  # noqa: DTZ001  # as the database holds it; ten in the morning in Bogotá
CLOCK, HOURS = f"{NOW.isoformat()}Z", "lun-dom 08:00-18:00"
# name: minutes of waiting (None: nobody waits), state, archived, alerts that are expected
SITUATIONS = {
    "espera": (11, "sin_respuesta", False, 1),
    "espera mucho": (25, "sin_respuesta", False, 2),
    "acaba de escribir": (9, "sin_respuesta", False, 0),
    "cerrado": (None, "cerrado", False, 0),
    "no requiere respuesta": (None, "espera_usuario", False, 0),
    "archivado": (25, "sin_respuesta", True, 0),
    "desde anoche": (16 * 60, "sin_respuesta", False, 2),
    "contestado y otra vez": (11, "sin_respuesta", False, 1),
}
KILLED_AT = ("alerts.before_commit", "alerts.in_call")


async def place(road: Served, number: int, name: str, minutes: int | None, estado: str, archived: bool) -> None:
    since = None if minutes is None else NOW - timedelta(minutes=minutes)
    contact = "INSERT INTO contacts (id, name, created_at) VALUES (:id, :name, :at)"
    await road.store.rows(contact, id=number, name=name, at=_text(NOW))
    await road.store.rows(
        "INSERT INTO chat_state (id, phone_number_id, contact_id, last_message_at, bot_memory, holder, estado, "
        "unanswered_since, archived_at) VALUES (:id, '1', :id, :at, '{}', 'queue', :estado, :since, :archived)",
        id=number, at=_text(NOW), estado=estado, since=_text(since), archived=_text(NOW) if archived else None,
    )  # fmt: skip


async def test_eight_situations_keep_their_counts_over_kills_in_two_workers(tmp_path: Path, database_url: str) -> None:
    async with fleet(tmp_path, database_url, WAIA_CLOCK=CLOCK, WAIA_HOURS=HOURS) as ships:
        road, workers = ships.road, ships.workers or [ships.road.waia]
        for number, (name, told) in enumerate(SITUATIONS.items(), 1):
            await place(road, number, name, *told[:3])
        for point in KILLED_AT:
            await workers[0].launch(WAIA_FAILPOINT=point)
            assert await workers[0].died() == KILLED, workers[0].log[-2000:]
            assert await road.store.one("SELECT count(*) FROM events WHERE kind = 'overdue'") == 0
        await _run_until_marked(road, workers, 100)
        expected = [told[3] for told in SITUATIONS.values()]
        assert await _counts(road) == (expected, expected)
        again = len(SITUATIONS)
        since = _text(NOW - timedelta(minutes=12))
        await road.store.rows("UPDATE chat_state SET unanswered_since = :at WHERE id = :id", id=again, at=since)
        await _run_until_marked(road, workers, 101)
        expected[-1] += 1
        assert await _counts(road) == (expected, expected)
        assert await road.store.one("SELECT count(*) FROM lanes WHERE queue = 'alerts'") == 0


async def test_a_file_whose_maker_is_killed_is_made_once(tmp_path: Path, mariadb_url: str) -> None:
    async with fleet(tmp_path, mariadb_url, WAIA_CLOCK=CLOCK, WAIA_HOURS=HOURS) as ships:
        road, (worker, other) = ships.road, ships.workers
        await place(road, 1, "=1+1", None, "cerrado", archived=False)
        await road.store.rows(
            "INSERT INTO export_jobs (public_id, user_id, kind, form, selection, created_at, expires_at) "
            "SELECT 'x', id, 'chats', 'csv', '{\"everything\": true}', :at, '2030-01-01' FROM usuarios", at=_text(NOW)
        )  # fmt: skip
        for point in ("exports.after_claim", "exports.before_ready"):
            await worker.launch(WAIA_FAILPOINT=point)
            assert await worker.died() == KILLED, worker.log[-2000:]
            assert await road.store.one("SELECT state FROM export_jobs") == "working"
            await road.store.rows("UPDATE export_jobs SET claimed_at = '2020-01-01'")
        await worker.launch()
        await other.launch()
        await road.until("SELECT state FROM export_jobs", "ready")
        key = await road.store.one("SELECT storage_key FROM export_jobs")
        assert "'=1+1" in (tmp_path / "media" / "exportaciones" / key).read_text("utf-8")
        assert await road.store.one("SELECT count(*) FROM audit_log WHERE action = 'chats.exported'") == 1


async def _run_until_marked(road: Served, workers: Sequence[Waia], marker: int) -> None:
    """All workers at once, until one has called about a chat that began to wait after all others; then `kill -9`."""
    await place(road, marker, "marca", 11, "sin_respuesta", archived=False)
    for worker in workers:
        await worker.launch()

    async def is_called() -> bool:
        found = await road.store.rows("SELECT 1 FROM events WHERE kind = 'overdue' AND chat_id = :id", id=marker)
        return bool(found) and not await road.store.one("SELECT count(*) FROM lanes WHERE queue = 'alerts'")

    await eventually(is_called, "the marker is called about")
    for worker in workers:
        await worker.kill()


async def _counts(road: Served) -> tuple[list[int], list[int]]:
    """How often each situation was noticed, and how often people were called about it."""
    noticed = await road.store.column("SELECT chat_id FROM wait_alerts")
    called = await road.store.column("SELECT chat_id FROM events WHERE kind = 'overdue'")
    numbers = range(1, len(SITUATIONS) + 1)
    return [noticed.count(number) for number in numbers], [called.count(number) for number in numbers]


def _text(at: datetime | None) -> str | None:
    return at.isoformat(" ", "microseconds") if at else None
