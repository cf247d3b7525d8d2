"""The machine's clock jumps while work waits: nothing is lost, nobody waits until the clock has caught up."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.road_world import Inside, eventually, inside, said
from tests.roads.bodies import CARLA, text, value, webhook
from tests.roads.desk import publish, rule
from tests.roads.invariants import check_invariants
from waia.kit.clock import Clock

HOUR, DECADE = timedelta(hours=1), timedelta(days=3_653)
SOON_S = 20.0
FLOW = (rule("menu_principal", "iniciar", "¡Hola!"), rule("menu_principal", "*", "¿Cómo?"))


class Jumps:
    """The clock of the machine on which waia runs."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset


@pytest.fixture
def jumps() -> Jumps:
    return Jumps()


def set_clock(road: Inside, jumps: Jumps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(road.parts.clock, "real", jumps.now)


@pytest.mark.parametrize("jump", [HOUR, -HOUR, -DECADE], ids=["an hour on", "an hour back", "ten years back"])
async def test_what_waits_goes_on_after_a_jump(
    tmp_path: Path, sqlite_url: str, jump: timedelta, jumps: Jumps, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F30: Carla is in her quiet window, Diego's reply waits for its next try, Elena writes after the jump."""
    async with inside(tmp_path, sqlite_url, Clock(), BUFFER_SECONDS="2") as road:
        set_clock(road, jumps, monkeypatch)
        await publish(road, *FLOW)
        await make_wait(road)
        jumps.offset = jump
        await road.says("Hola", "elena")
        await eventually(lambda: all_answered(road, 1), "everybody is answered", SOON_S)
        await road.calm()
        jumps.offset = timedelta()
        for customer in ("carla", "diego", "elena"):
            await road.says("¿y ahora?", customer)
        await eventually(lambda: all_answered(road, 2), "everybody is answered after the clock was put right", SOON_S)
        await road.calm()
        await check_invariants(road)


async def test_ten_years_on_and_back_nothing_is_lost_and_nobody_is_left_alone(
    tmp_path: Path, mariadb_url: str, jumps: Jumps, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the clock is wrong everything is too old to be answered; it is stored, and what was due goes to people."""
    async with inside(tmp_path, mariadb_url, Clock(), BUFFER_SECONDS="2") as road:
        set_clock(road, jumps, monkeypatch)
        await publish(road, *FLOW)
        await make_wait(road)
        jumps.offset = DECADE
        await road.says("Hola", "elena")
        await road.until("SELECT count(*) FROM mensajes WHERE direction = 'in'", 3)
        await road.calm()
        jumps.offset = timedelta()
        for customer in ("carla", "diego", "elena"):
            await road.says("¿y ahora?", customer)
        await eventually(lambda: all_looked_after(road), "everybody is answered or waits for a person", SOON_S)
        await road.calm()
        assert road.sent_to("elena"), "nobody has to look after Elena"
        assert await road.store.one("SELECT count(*) FROM mensajes WHERE direction = 'in'") == 6
        await check_invariants(road)


async def make_wait(road: Inside) -> None:
    """A reply that Meta asked to send later, and a customer who may still be writing."""
    road.world.faults.send.next_codes = [131056]
    await road.says("Hola", "diego")
    await road.until("SELECT count(*) FROM outbox WHERE state = 'queued' AND attempts = 1")
    await road.says("Hola", "carla")
    await road.until("SELECT count(*) FROM chat_state WHERE bot_due_at IS NOT NULL")


async def all_answered(road: Inside, times: int) -> bool:
    return all(len(road.sent_to(customer)) >= times for customer in ("carla", "diego", "elena"))


async def all_looked_after(road: Inside) -> bool:
    """All six are stored, and no chat ends with words of the customer that nobody will look at."""
    stored = await road.store.one("SELECT count(*) FROM mensajes WHERE direction = 'in'")
    alone = "SELECT id FROM chat_state WHERE needs_person = '' AND preview_author = 'customer'"
    return stored == 6 and not await road.store.column(alone)


ODD_TIMES = {"zero": 0, "one": 1, "in 400 days": time.time() + 400 * 86_400, "in milliseconds": 10**12, "huge": 10**18}


@pytest.mark.parametrize("told", ODD_TIMES.values(), ids=ODD_TIMES)
async def test_a_message_with_an_odd_time_is_stored_shown_and_in_its_place(
    tmp_path: Path, sqlite_url: str, told: float
) -> None:
    """F30: Meta's timestamp of zero, or far in the future."""
    async with inside(tmp_path, sqlite_url) as road:
        await publish(road, *FLOW)
        await road.talk("Hola")
        odd = text("wamid.odd", "¿qué hora es?", sender=CARLA, at=told or 0.1)
        assert await road.post(webhook(value([odd]))) == 200
        await road.calm()
        assert said(road.world.sent[0]) == "¡Hola!"
        await road.talk("otra vez")
        words = await road.store.column("SELECT mensaje FROM mensajes WHERE direction = 'in' ORDER BY id")
        assert words == ["Hola", "¿qué hora es?", "otra vez"]
        latest = await road.store.one("SELECT max(last_message_at) FROM chat_state")
        assert str(latest)[:4] <= str(datetime.now(UTC).year), "no chat is pinned to the top by a wrong time"
        await check_invariants(road)
