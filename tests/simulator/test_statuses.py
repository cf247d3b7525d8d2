"""What becomes of an accepted message: statuses in all orders, doubled, lost, failed, and what they hold."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tests.simulator.graph import ANA, PNID, WABA, Graph
from tests.simulator.receiver import Receiver
from waia.kit.clock import Clock
from waia.simulator import IdentityMode, World, always, once
from waia.simulator.sending import accept


async def names(world: World, receiver: Receiver) -> list[str]:
    await world.settled()
    return [status["status"] for status in receiver.statuses()]


async def test_a_message_is_sent_then_delivered_then_read(graph: Graph, receiver: Receiver) -> None:
    wamid = await graph.wamid()
    assert await names(graph.world, receiver) == ["sent", "delivered", "read"]
    assert {status["id"] for status in receiver.statuses()} == {wamid}
    assert [each.status for each in graph.world.sent[0].statuses] == ["sent", "delivered", "read"]


async def test_no_status_is_told_inside_the_call(graph: Graph, receiver: Receiver) -> None:
    await graph.wamid()
    assert not receiver.bodies


async def test_a_status_echoes_our_opaque_text_and_names_the_person(graph: Graph, receiver: Receiver) -> None:
    await graph.post({"to": f"+{ANA}", "type": "text", "text": {"body": "x"}, "biz_opaque_callback_data": "outbox-7"})
    await graph.world.settled()
    value, status = receiver.values()[0], receiver.statuses()[0]
    ana = graph.world.customers["ana"]
    assert status["biz_opaque_callback_data"] == "outbox-7"
    assert (status["recipient_id"], status["recipient_user_id"]) == (ANA, ana.user_id)
    assert value["contacts"] == [{"profile": {"name": "Ana"}, "wa_id": ANA, "user_id": ana.user_id}]
    assert value["metadata"]["phone_number_id"] == PNID


@pytest.mark.parametrize(
    ("mode", "keys"),
    [
        (IdentityMode.PHONE_ONLY, {"recipient_id"}),
        (IdentityMode.PHONE_AND_BSUID, {"recipient_id", "recipient_user_id"}),
        (IdentityMode.BSUID_ONLY, {"recipient_user_id"}),
    ],
)
async def test_a_status_shows_only_the_ids_of_the_identity_mode(
    graph: Graph, receiver: Receiver, mode: IdentityMode, keys: set[str]
) -> None:
    graph.world.customers["ana"].mode = mode
    await graph.wamid()
    await graph.world.settled()
    assert {key for key in receiver.statuses()[0] if key.startswith("recipient")} == keys
    assert ("contacts" in receiver.values()[0]) == (mode is not IdentityMode.PHONE_ONLY)


async def test_pricing_comes_with_sent_and_delivered_and_never_a_conversation(graph: Graph, receiver: Receiver) -> None:
    await graph.wamid()
    await graph.world.settled()
    priced = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "service"}
    assert [status.get("pricing") for status in receiver.statuses()] == [priced, priced, None]
    assert not any("conversation" in status for status in receiver.statuses())


async def test_service_messages_were_free_before_october_2026(graph: Graph, receiver: Receiver, clock: Clock) -> None:
    clock.advance(datetime(2026, 9, 30, tzinfo=UTC) - clock.business())
    await graph.wamid()
    await graph.world.settled()
    assert receiver.statuses()[0]["pricing"]["type"] == "free_customer_service"


async def test_delivered_can_be_skipped(graph: Graph, receiver: Receiver) -> None:
    graph.world.faults.status.skip_delivered = once()
    await graph.wamid()
    assert await names(graph.world, receiver) == ["sent", "read"]
    assert "pricing" in receiver.statuses()[1]


async def test_statuses_can_come_in_reverse(graph: Graph, receiver: Receiver) -> None:
    graph.world.faults.status.reorder = once()
    await graph.wamid()
    assert await names(graph.world, receiver) == ["read", "delivered", "sent"]


async def test_a_status_can_come_twice(graph: Graph, receiver: Receiver) -> None:
    graph.world.faults.status.duplicate = once()
    await graph.wamid()
    assert sorted(await names(graph.world, receiver)) == ["delivered", "read", "sent", "sent"]


async def test_a_status_can_get_lost(graph: Graph, receiver: Receiver) -> None:
    graph.world.faults.status.drop = once()
    await graph.wamid()
    assert await names(graph.world, receiver) == ["delivered", "read"]


async def test_statuses_can_stay_away(graph: Graph, receiver: Receiver) -> None:
    graph.world.faults.status.never = once()
    await graph.wamid()
    assert await names(graph.world, receiver) == []
    await graph.wamid()
    assert len(await names(graph.world, receiver)) == 3


async def test_a_status_can_come_before_the_answer(graph: Graph, receiver: Receiver) -> None:
    graph.world.faults.status.before_answer = once()
    receiver.gate = asyncio.Event()
    call = asyncio.ensure_future(graph.wamid())
    await receiver.changed.until(lambda: bool(receiver.bodies))
    assert not call.done()
    receiver.gate.set()
    assert receiver.statuses()[0]["id"] == await call


async def test_a_message_can_fail_later_with_any_code(graph: Graph, receiver: Receiver) -> None:
    graph.world.faults.status.failed_later = once()
    graph.world.faults.status.failed_later_code = 130472
    await graph.wamid()
    assert await names(graph.world, receiver) == ["failed"]
    value, status = receiver.values()[0], receiver.statuses()[0]
    assert status["errors"][0]["code"] == 130472
    assert "contacts" not in value
    assert {key for key in status if key.startswith("recipient")} == {"recipient_id"}


async def test_a_status_of_another_system_can_slip_in(graph: Graph, receiver: Receiver) -> None:
    graph.world.faults.status.unknown_wamid = once()
    wamid = await graph.wamid()
    await graph.world.settled()
    assert [status["id"] == wamid for status in receiver.statuses()] == [True, True, True, False]


async def test_a_status_can_carry_errors_without_being_failed(graph: Graph, receiver: Receiver) -> None:
    graph.world.faults.status.errors_beside = once()
    await graph.wamid()
    await graph.world.settled()
    assert receiver.statuses()[0]["status"] == "sent"
    assert receiver.statuses()[0]["errors"]


async def test_many_statuses_can_travel_in_one_post(graph: Graph, receiver: Receiver) -> None:
    graph.world.faults.webhook.per_post = 6
    await asyncio.gather(*(graph.wamid() for _ in range(4)))
    await graph.world.settled()
    assert len(receiver.statuses()) == 12
    assert len(receiver.bodies) < 12
    assert all(value["metadata"]["phone_number_id"] == PNID for value in receiver.values())


async def test_without_read_receipts_it_stops_at_delivered(graph: Graph, receiver: Receiver) -> None:
    graph.world.customers["ana"].read_receipts = False
    await graph.wamid()
    assert await names(graph.world, receiver) == ["sent", "delivered"]
    await graph.world.handset("ana", PNID).reads()
    assert await names(graph.world, receiver) == ["sent", "delivered"]


async def test_a_person_at_the_phone_decides_when_to_read(graph: Graph, receiver: Receiver) -> None:
    graph.world.customers["ana"].reads_at_once = False
    await graph.wamid()
    await graph.wamid()
    await graph.world.settled()
    assert graph.world.sent[0].status == "delivered"
    await graph.world.handset("ana", PNID).reads()
    await graph.world.handset("ana", PNID).reads()
    assert (await names(graph.world, receiver)).count("read") == 2


async def test_a_voice_message_is_played_and_a_reaction_only_sent(graph: Graph, receiver: Receiver) -> None:
    await graph.wamid(audio={"link": "https://example.com/a.ogg", "voice": True})
    assert await names(graph.world, receiver) == ["sent", "delivered", "read", "played"]
    inbound = await graph.world.customer_says("ana", PNID, "Hola")
    receiver.bodies.clear()
    await graph.wamid(reaction={"message_id": inbound, "emoji": "👍"})
    await graph.world.settled()
    assert [status["status"] for status in receiver.statuses()] == ["sent"]


async def test_a_stranger_gets_messages_unless_strangers_are_undeliverable(graph: Graph, receiver: Receiver) -> None:
    graph.world.windows.open(PNID, "573009998877", graph.world.clock.business())
    await graph.wamid(to="+573009998877")
    assert await names(graph.world, receiver) == ["sent", "delivered"]
    graph.world.faults.strangers_undeliverable = True
    await graph.wamid(to="+573009998877")
    await graph.world.settled()
    assert receiver.statuses()[-1]["errors"][0]["code"] == 131026


async def test_old_webhook_versions_have_a_conversation(clock: Clock, receiver: Receiver, world: World) -> None:
    old = World(
        clock=clock,
        webhook_url=world.postman.url,
        app_secret=world.postman.app_secret,
        verify_token="v",
        phone_number_ids=[PNID],
        token="t",
        time_scale=0.001,
        webhook_version=23,
        waba_id=WABA,
    )
    old.add_customer("ana", "Ana", ANA)
    old.windows.open(PNID, "ana", clock.business() - timedelta(hours=1))
    told = {"messaging_product": "whatsapp", "to": f"+{ANA}", "type": "text", "text": {"body": "x"}}
    shipment, _ = accept(old, old.numbers[PNID], told)
    old.courier.take(shipment)
    await old.settled()
    await old.aclose()
    assert receiver.statuses()[0]["conversation"]["origin"] == {"type": "service"}


async def test_the_same_seed_draws_the_same_faults(graph: Graph) -> None:
    graph.world.faults.status.never = always(0.5)
    first = [graph.world.faults.status.never.fires(graph.world.rng) for _ in range(50)]
    assert 10 < sum(first) < 40
