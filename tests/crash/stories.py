"""Short stories that go wrong if a protection is missing: ordinary ones pass them, planted bugs must not."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from tests.road_world import Served, eventually
from tests.roads.bodies import text, texts, value, webhook
from tests.roads.desk import publish, rule
from tests.roads.invariants import check_invariants
from waia.kit.failpoints import KILLED
from waia.simulator.faults import always

LEASE_S = 3
LEASED = "queue = 'outbox' AND owner <> ''"
FLOW = (rule("menu_principal", "iniciar", "¡Hola!"), rule("menu_principal", "*", "recibido"))
REST_S = 10.0


async def repeats(road: Served) -> None:
    """One webhook comes three times."""
    await road.waia.start()
    body = texts(("wamid.once", "Hola"))
    assert [await road.post(body) for _ in range(3)] == [200, 200, 200]
    await rest(road)


async def dies_before_the_commit(road: Served) -> None:
    await road.waia.start(WAIA_FAILPOINT="ingest.before_commit")
    await road.says("Hola")
    assert await road.waia.died() == KILLED
    await road.waia.start()
    await rest(road)


async def loses_an_answer(road: Served) -> None:
    """Graph accepted, its answer was lost, and the status takes three seconds."""
    await road.waia.start()
    road.world.faults.send.lost_answer.times = 1
    road.world.courier.set_pace(replace(road.world.pace, sent_s=3.0 / road.world.pace.time_scale))
    await road.says("Hola")
    await rest(road)
    assert len(road.world.sent) == 1, "(c) sent again although its status was still to come"


async def answers_late(road: Served) -> None:
    """An answer comes when its lease is over and the lane belongs to the next send: it must leave that alone."""
    await publish(road, *FLOW)
    await road.waia.start()
    road.world.faults.send.slow, road.world.faults.send.slow_s = always(), LEASE_S * 1.8
    await road.says("Hola")
    await road.until("SELECT count(*) FROM outbox WHERE state = 'sent'")
    await road.until("SELECT count(*) FROM lanes", 0)
    await road.says("precio")
    await road.until(f"SELECT count(*) FROM lanes WHERE {LEASED}")
    holder = await _holder(road)
    await eventually(lambda: _was_late(road, holder), "the late answer is noticed")
    assert await _holder(road) == holder, "a late answer took another's lane"
    await rest(road)


async def _was_late(road: Served, holder: list[str]) -> bool:
    return "send_fenced" in road.waia.log or await _holder(road) != holder


async def _holder(road: Served) -> list[str]:
    return await road.store.column(f"SELECT owner FROM lanes WHERE {LEASED}")


async def several_in_one(road: Served) -> None:
    """Two entries with three messages of two people."""
    await road.waia.start()
    first = value([text("wamid.1", "Hola"), text("wamid.2", "precio")])
    second = value([text("wamid.3", "Hola", sender="573004445566")])
    assert await road.post(webhook(first, second)) == 200
    await rest(road)


async def ticks_in_disorder(road: Served) -> None:
    await road.waia.start()
    road.world.faults.status.reorder = always()
    await road.says("Hola")
    await rest(road)


async def dies_in_the_quiet_window(road: Served) -> None:
    await road.waia.start()
    await road.says("Hola")
    await road.until("SELECT count(*) FROM mensajes")
    await road.waia.kill()
    await road.waia.start()
    await rest(road)


async def rest(road: Served) -> None:
    """Whether or not all becomes calm, the checks say what is wrong."""
    try:
        await road.calm(REST_S)
    except AssertionError:
        await check_invariants(road)
        raise
    await check_invariants(road)


@dataclass(frozen=True)
class Planted:
    """`bug` is undone protection, `noticed` what the failing check says."""

    bug: str
    story: Callable[[Served], Awaitable[None]]
    noticed: str
    settings: dict[str, str] = field(default_factory=dict)


LEASES = {"LEASE_SECONDS": str(LEASE_S)}
PLANTED = (
    Planted("no_unique_key", repeats, r"\(a\) stored more than once"),
    Planted("ack_before_commit", dies_before_the_commit, r"\(a\) answered 200 and lost"),
    Planted("no_fence", answers_late, "a late answer took another's lane", LEASES),
    Planted("resend_at_once", loses_an_answer, r"\(c\) sent again without waiting", {"UNCERTAIN_WINDOW_SECONDS": "60"}),
    Planted("first_only", several_in_one, r"\(a\) answered 200 and lost"),
    Planted("status_without_rank", ticks_in_disorder, r"\(c\) ticks are not those"),
    Planted("event_ids_from_memory", answers_late, r"\(g\) numbers missing", LEASES),
    Planted("debounce_in_memory", dies_in_the_quiet_window, r"\(a\) never decided", {"BUFFER_SECONDS": "2"}),
)
