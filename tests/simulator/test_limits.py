"""The window, the pair limit, the throughput and the maintenance of a number."""

from datetime import timedelta

import pytest

from tests.simulator.graph import ANA, OTHER_PNID, PNID, Graph, code_of
from tests.simulator.receiver import Receiver
from waia.kit.clock import Clock
from waia.simulator import Template, WindowMode, World, account, spoken


async def test_after_24_hours_a_text_is_refused_at_once_or_later(
    graph: Graph, clock: Clock, receiver: Receiver
) -> None:
    clock.advance(timedelta(hours=24))
    graph.world.faults.window_mode = WindowMode.SYNC
    assert code_of(await graph.send()) == 131047
    graph.world.faults.window_mode = WindowMode.ASYNC
    await graph.wamid()
    await graph.world.settled()
    assert [status["errors"][0]["code"] for status in receiver.statuses()] == [131047]
    graph.world.faults.window_mode = WindowMode.OFF
    await graph.wamid()
    await graph.world.settled()
    assert receiver.statuses()[-1]["status"] == "read"


async def test_a_minute_before_it_is_still_open(graph: Graph, clock: Clock) -> None:
    graph.world.faults.window_mode = WindowMode.SYNC
    clock.advance(timedelta(hours=23, minutes=59))
    assert (await graph.send()).status_code == 200


async def test_a_template_needs_no_window(graph: Graph, clock: Clock) -> None:
    graph.world.faults.window_mode = WindowMode.SYNC
    graph.world.add_template(Template("hola", "es"))
    clock.advance(timedelta(days=30))
    assert (await graph.send(template={"name": "hola", "language": {"code": "es"}})).status_code == 200


async def test_the_window_is_of_one_number_only(world: World) -> None:
    await world.customer_says("ana", PNID, "Hola")
    now = world.clock.business()
    assert world.windows.is_open(PNID, "ana", now)
    assert not world.windows.is_open(OTHER_PNID, "ana", now)


async def test_the_window_counts_from_the_time_of_the_message(world: World, clock: Clock) -> None:
    await world.handset("ana", PNID).sends(spoken.text("tarde"), ago=timedelta(hours=5))
    clock.advance(timedelta(hours=20))
    assert not world.windows.is_open(PNID, "ana", clock.business())


@pytest.mark.parametrize(
    "told",
    [
        spoken.reaction("wamid.x", "👍"),
        spoken.edit("wamid.x", "otro"),
        spoken.revoke("wamid.x"),
        spoken.unsupported("poll"),
        spoken.request_welcome(),
        spoken.call_permission("accept"),
    ],
    ids=lambda told: told["type"],
)
async def test_some_acts_do_not_open_the_window(world: World, told: dict[str, object]) -> None:
    await world.handset("ana", PNID).sends(told)
    assert not world.windows.is_open(PNID, "ana", world.clock.business())


async def test_a_call_of_the_customer_opens_the_window(world: World) -> None:
    await account.calls(world, "ana", PNID)
    assert world.windows.is_open(PNID, "ana", world.clock.business())


async def test_45_messages_pass_in_a_burst_then_one_each_6_seconds(graph: Graph, clock: Clock) -> None:
    answers = [await graph.send() for _ in range(46)]
    assert [answer.status_code for answer in answers] == [200] * 45 + [400]
    assert code_of(answers[-1]) == 131056
    clock.advance(timedelta(seconds=6))
    assert (await graph.send()).status_code == 200
    assert code_of(await graph.send()) == 131056
    graph.world.faults.pair_limit = False
    assert (await graph.send()).status_code == 200


async def test_the_pair_limit_is_per_customer(graph: Graph) -> None:
    for _ in range(45):
        await graph.send()
    assert (await graph.send(to="+573009998877")).status_code == 200


async def test_too_many_messages_a_second_hit_the_throughput(graph: Graph) -> None:
    graph.world.faults.throughput_per_s = 3
    graph.world.faults.pair_limit = False
    codes = [answer.status_code for answer in [await graph.send() for _ in range(5)]]
    assert codes[:3] == [200] * 3
    assert 400 in codes


async def test_inbound_messages_use_up_the_throughput_too(graph: Graph) -> None:
    graph.world.faults.throughput_per_s = 1
    await graph.world.customer_says("ana", PNID, "Hola")
    assert code_of(await graph.send()) == 130429


async def test_maintenance_refuses_everything_for_a_while(graph: Graph) -> None:
    graph.world.faults.maintenance = True
    answer = await graph.send()
    assert (answer.status_code, code_of(answer)) == (500, 131057)


async def test_rate_limits_can_come_as_429_with_retry_after(graph: Graph) -> None:
    send = graph.world.faults.send
    send.next_codes, send.rate_limit_http, send.retry_after_s = [130429, 131000], 429, 7
    answer = await graph.send()
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert "retry-after" not in (await graph.send()).headers


async def test_a_message_to_a_group_of_digits_with_plus_is_the_same_person(graph: Graph) -> None:
    for written in (ANA, f"+{ANA}", f"+{ANA[:2]} {ANA[2:]}"):
        await graph.wamid(to=written)
    assert {sent.customer_key for sent in graph.world.sent} == {"ana"}
