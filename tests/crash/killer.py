"""The random killer: customers talk, Graph has its moods, and every moment a process dies as by `kill -9`."""

import asyncio
import os
import random
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.crash.fleet import Fleet
from tests.road_world import Road, Waia
from tests.roads.bodies import PNID
from tests.roads.desk import publish, rule
from tests.roads.invariants import check_invariants
from waia.simulator import World
from waia.simulator.faults import Knob, SendFaults, StatusFaults, WebhookFaults, always

CUSTOMERS = 40
UPTIME_S = (0.05, 0.6)
MESSAGES_PER_KILL = 10
WORDS = ("dos", "hola", "precio", "gracias")
LIMITS = (130429, 131056, 4, 80007)
DRAIN_S = 120.0
CALM = {"SEND_RATE_PER_SECOND": "1000", "FOLLOWER_WAIT_SECONDS": "3"}
FLOW = (
    rule("menu_principal", "iniciar", "¡Hola!"),
    rule("menu_principal", "dos", "uno", "segundo"),
    rule("segundo", "@entrada", "dos", "menu_principal"),
    rule("menu_principal", "*", "recibido", "menu_principal"),
)


@dataclass
class Killed:
    """What happened in one run."""

    seed: int
    kills: int = 0
    messages: int = 0
    replies: int = 0
    repeated_webhooks: int = 0
    resent: int = 0
    flagged: int = 0
    seconds: float = 0.0
    kills_of: dict[str, int] = field(default_factory=dict)

    @property
    def figures(self) -> dict[str, float]:
        return {name: value for name, value in vars(self).items() if name != "kills_of"}


def seed_of_the_day() -> int:
    """`WAIA_SEED` repeats a run's choices (not its timing)."""
    return int(os.environ.get("WAIA_SEED") or secrets.randbelow(10**9))


async def kill_at_random(fleet: Fleet, kills: int, seed: int) -> Killed:
    """Start everything, kill until enough died, let it drain, and check that nothing was lost or doubled."""
    rng, told, started = random.Random(seed), Killed(seed), time.monotonic()
    with _told_by(f"seed {seed}: WAIA_SEED={seed} repeats its choices"):
        await publish(fleet.road, *FLOW)
        give_moods(fleet.road.world, rng)
        await fleet.start()
        await _killing(fleet, rng, kills, told)
        lift_moods(fleet.road.world)
        await fleet.road.calm(DRAIN_S)
        await check_invariants(fleet.road)
        await _count(fleet.road, told)
    told.seconds = round(time.monotonic() - started, 1)
    return told


def give_moods(world: World, rng: random.Random) -> None:
    """A tenth of the webhooks comes twice, about 13 % of the sends have trouble of some kind."""
    _shift(rng, world)
    world.faults.throughput_per_s = None
    world.faults.webhook = WebhookFaults(
        duplicate=always(0.10), parallel_two=always(0.03), wrong_signature=always(0.01)
    )
    world.faults.status = StatusFaults(
        duplicate=always(0.10), reorder=always(0.10), before_answer=always(0.10), skip_delivered=always(0.05)
    )
    world.faults.send = SendFaults(
        refused=always(0.01), refused_code=rng.choice(LIMITS), cut_before=always(0.02), lost_answer=always(0.03),
        http_500_json=always(0.02), http_502_html=always(0.01), accepted_despite_error=always(0.3),
        slow=always(0.03), slow_s=0.5, bad_json=always(0.005), no_message_id=always(0.005),
    )  # fmt: skip


def lift_moods(world: World) -> None:
    world.faults.send, world.faults.webhook.duplicate = SendFaults(), Knob()


async def _killing(fleet: Fleet, rng: random.Random, kills: int, told: Killed) -> None:
    """What is said goes with the kills and not with the clock, so that a slow machine is not flooded."""
    names = _add_customers(fleet.road)
    for _ in range(kills):
        for customer in rng.sample(names, MESSAGES_PER_KILL):
            await asyncio.sleep(rng.uniform(*UPTIME_S) / MESSAGES_PER_KILL)
            await fleet.road.world.customer_says(customer, PNID, rng.choice(WORDS))
            told.messages += 1
        fleet.road.world.faults.send.refused_code = rng.choice(LIMITS)
        await _kill_one(fleet, rng.choice(fleet.members), told)


async def _kill_one(fleet: Fleet, victim: Waia, told: Killed) -> None:
    await victim.kill()
    name = " ".join(victim.arguments)
    told.kills, told.kills_of[name] = told.kills + 1, told.kills_of.get(name, 0) + 1
    await (victim.start() if victim is fleet.road.waia else victim.launch())


def _add_customers(road: Road) -> list[str]:
    """A quarter of them shows blue ticks."""
    names = [f"c{number}" for number in range(CUSTOMERS)]
    for number, name in enumerate(names):
        road.world.add_customer(name, name, f"5731{number:08}", reads_at_once=number % 4 == 0)
    return names


async def _count(road: Road, told: Killed) -> None:
    told.replies = len(road.world.sent)
    told.repeated_webhooks = sum(delivery.answers.count(200) > 1 for delivery in road.world.deliveries)
    told.resent = await road.store.one("SELECT count(*) FROM outbox WHERE resends > 0")
    told.flagged = await road.store.one("SELECT count(*) FROM outbox WHERE possible_duplicate = 1")


def _shift(rng: random.Random, world: World) -> None:
    world.rng.seed(rng.random())


@contextmanager
def _told_by(note: str) -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        error.add_note(note)
        raise
