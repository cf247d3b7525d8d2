"""Delivery: exact bytes, signatures, retries until 200, order, and the faults of the way."""

import asyncio
import json

import pytest

from tests.simulator.graph import PNID
from tests.simulator.receiver import Receiver
from waia.simulator import World, always, once


async def says(world: World, *texts: str) -> list[str]:
    return [await world.customer_says("ana", PNID, text) for text in texts]


async def test_bytes_are_compact_with_escaped_slashes_and_letters(world: World, receiver: Receiver) -> None:
    await says(world, "¿Cuánto cuesta? https://example.com/a 😀")
    await world.settled()
    body = receiver.bodies[0]
    assert b"https:\\/\\/example.com\\/a" in body
    assert b"\\u00bfCu\\u00e1nto" in body
    assert b"\\ud83d\\ude00" in body
    assert b'": ' not in body
    assert receiver.texts() == ["¿Cuánto cuesta? https://example.com/a 😀"]
    assert receiver.headers[0]["x-hub-signature"].startswith("sha1=")


async def test_anything_but_200_is_retried_with_the_same_bytes(world: World, receiver: Receiver) -> None:
    receiver.answers = [500, 204, 302, 403]
    await says(world, "Hola")
    await world.settled()
    assert world.deliveries[0].answers == [500, 204, 302, 403, 200]
    assert len(set(receiver.bodies)) == 1


async def test_it_gives_up_in_the_end(world: World, receiver: Receiver) -> None:
    receiver.answers = [503] * 50
    await says(world, "Hola")
    await world.settled()
    assert world.deliveries[0].gave_up
    assert len(world.deliveries[0].answers) == world.pace.attempts


async def test_a_dead_endpoint_is_tried_again(world: World) -> None:
    world.postman.subscribed = True
    await says(world, "Hola")
    await world.settled()
    assert set(world.deliveries[0].answers) == {None}


async def test_the_messages_of_one_customer_are_tried_in_order(world: World, receiver: Receiver) -> None:
    texts = [str(number) for number in range(20)]
    await says(world, *texts)
    await world.settled()
    assert receiver.texts() == texts
    assert receiver.most_at_once == 1


async def test_a_failed_message_is_overtaken_by_the_next(world: World, receiver: Receiver) -> None:
    receiver.answers = [500, 200, 500, 200]
    await says(world, "uno", "dos")
    await world.settled()
    assert sorted(set(receiver.texts())) == ["dos", "uno"]


async def test_different_customers_come_at_the_same_time(world: World, receiver: Receiver) -> None:
    receiver.gate = asyncio.Event()
    world.add_customer("luis", "Luis", "573002223344")
    await world.customer_says("ana", PNID, "Hola")
    await world.customer_says("luis", PNID, "Hola")
    await receiver.changed.until(lambda: receiver.most_at_once == 2)
    receiver.gate.set()
    await world.settled()


async def test_unordered_lets_one_customer_overlap(world: World, receiver: Receiver) -> None:
    world.faults.webhook.unordered = True
    receiver.gate = asyncio.Event()
    await says(world, "uno", "dos")
    await receiver.changed.until(lambda: receiver.most_at_once == 2)
    receiver.gate.set()
    await world.settled()


async def test_a_webhook_can_come_twice(world: World, receiver: Receiver) -> None:
    world.faults.webhook.duplicate = once()
    await says(world, "uno", "dos")
    await world.settled()
    assert sorted(receiver.texts()) == ["dos", "uno", "uno"]


async def test_a_webhook_can_come_twice_at_the_same_moment(world: World, receiver: Receiver) -> None:
    world.faults.webhook.parallel_two = once()
    receiver.gate = asyncio.Event()
    await says(world, "uno")
    await receiver.changed.until(lambda: receiver.most_at_once == 2)
    receiver.gate.set()
    await world.settled()
    assert receiver.texts() == ["uno", "uno"]


async def test_a_webhook_can_be_overtaken(world: World, receiver: Receiver) -> None:
    world.faults.webhook.reorder = once()
    await says(world, "uno", "dos")
    await world.settled()
    assert receiver.texts() == ["dos", "uno"]


async def test_a_forged_webhook_is_followed_by_the_right_one(world: World, receiver: Receiver) -> None:
    world.faults.webhook.wrong_signature = once()
    await says(world, "uno")
    await world.settled()
    assert world.deliveries[0].answers == [403, 200]
    assert receiver.forged == receiver.bodies


async def test_an_old_webhook_can_be_replayed(world: World, receiver: Receiver) -> None:
    await says(world, "uno")
    await world.settled()
    world.faults.webhook.replay = once()
    await says(world, "dos")
    await world.settled()
    assert receiver.texts() == ["uno", "dos", "uno"]


async def test_a_webhook_can_get_lost(world: World, receiver: Receiver) -> None:
    world.faults.webhook.never = once()
    await says(world, "uno", "dos")
    await world.settled()
    assert receiver.texts() == ["dos"]
    assert world.deliveries[0].gave_up


async def test_updates_gather_into_several_entries_of_one_post(world: World, receiver: Receiver) -> None:
    world.faults.webhook.per_post = 4
    await says(world, "uno", "dos", "tres", "cuatro", "cinco")
    await world.settled()
    entries = [len(json.loads(body)["entry"]) for body in receiver.bodies]
    assert entries == [2, 1]
    assert sorted(receiver.texts()) == ["cinco", "cuatro", "dos", "tres", "uno"]


async def test_captured_bytes_are_posted_unchanged_and_signed(world: World, receiver: Receiver) -> None:
    body = b'{"object" : "whatsapp_business_account",\n"entry":[]}'
    world.replay(body)
    await world.settled()
    assert receiver.bodies == [body]


async def test_the_handshake_says_what_is_wrong(world: World, receiver: Receiver) -> None:
    assert await world.subscribe() is None
    world.verify_token = "other"
    assert await world.subscribe() == "HTTP Status Code = 403"
    world.postman.url = "http://127.0.0.1:9/"
    assert await world.subscribe() == "No answer: ConnectError"


@pytest.mark.parametrize("chance", [0.2, 0.5])
async def test_under_all_faults_together_nothing_is_lost(world: World, receiver: Receiver, chance: float) -> None:
    webhook = world.faults.webhook
    webhook.duplicate = webhook.reorder = webhook.wrong_signature = always(chance)
    webhook.parallel_two = webhook.replay = always(chance)
    receiver.answers = [200, 500] * 20
    texts = {str(number) for number in range(40)}
    await says(world, *texts)
    await world.settled()
    assert set(receiver.texts()) == texts


async def test_what_is_remembered_can_be_bounded(world: World) -> None:
    small = World(
        clock=world.clock,
        webhook_url="http://127.0.0.1:9/",
        app_secret="s",
        verify_token="v",
        phone_number_ids=[PNID],
        token="t",
        time_scale=0,
        keep=3,
    )
    small.postman.subscribed = False
    small.add_customer("ana", "Ana", "573001112233")
    wamids = await says(small, *"abcdefgh")
    assert len(small.deliveries) == len(small.thread("ana", PNID)) == 3
    assert small.ledger.inbound(wamids[0]) is None
    assert small.ledger.inbound(wamids[-1]) is not None
    await small.aclose()
