"""What customers do, as the webhook tells it: every type of message, every identity mode."""

import json
from typing import Any

import pytest

from tests.simulator.graph import ANA, OTHER_PNID, PNID, WABA, Graph
from tests.simulator.receiver import Receiver
from waia.simulator import Customer, IdentityMode, TemplateStatus, World, account, identity, spoken
from waia.simulator.examples import EXAMPLES
from waia.simulator.templates import Template

BUTTONS = {
    "type": "button",
    "body": {"text": "¿Qué quieres?"},
    "action": {"buttons": [{"type": "reply", "reply": {"id": "precio", "title": "Precio"}}]},
}
ROWS = {
    "type": "list",
    "body": {"text": "¿Qué quieres?"},
    "action": {
        "button": "Ver",
        "sections": [{"rows": [{"id": "r1", "title": "Una", "description": "La primera"}]}],
    },
}


async def heard(world: World, receiver: Receiver) -> dict[str, Any]:
    await world.settled()
    return receiver.messages()[-1]


async def test_a_text_names_its_sender_number_and_time(world: World, receiver: Receiver) -> None:
    wamid = await world.customer_says("ana", PNID, "Hola")
    message = await heard(world, receiver)
    user_id = world.customers["ana"].user_id
    assert message == {
        "from": ANA,
        "from_user_id": user_id,
        "id": wamid,
        "timestamp": str(int(world.clock.business().timestamp())),
        "type": "text",
        "text": {"body": "Hola"},
    }
    value = receiver.values()[0]
    assert value["contacts"] == [{"profile": {"name": "Ana"}, "wa_id": ANA, "user_id": user_id}]
    assert value["metadata"] == {"display_phone_number": "15550100000", "phone_number_id": PNID}
    assert json.loads(receiver.bodies[0])["entry"][0]["id"] == WABA


@pytest.mark.parametrize(
    ("mode", "sender", "contact"),
    [
        (IdentityMode.PHONE_ONLY, {"from"}, {"wa_id", "profile"}),
        (IdentityMode.PHONE_AND_BSUID, {"from", "from_user_id"}, {"wa_id", "user_id", "profile"}),
        (IdentityMode.BSUID_ONLY, {"from_user_id"}, {"user_id", "profile"}),
    ],
)
async def test_each_identity_mode_shows_its_ids(
    world: World, receiver: Receiver, mode: IdentityMode, sender: set[str], contact: set[str]
) -> None:
    world.add_customer("luz", "Luz", "573004445566", mode=mode, username="luz.m")
    await world.customer_says("luz", PNID, "Hola")
    message = await heard(world, receiver)
    told = receiver.values()[0]["contacts"][0]
    assert {key for key in message if key.startswith("from")} == sender
    assert set(told) == contact
    assert ("username" in told["profile"]) == (mode is not IdentityMode.PHONE_ONLY)


async def test_hidden_ids_can_be_empty_and_profiles_absent(world: World, receiver: Receiver) -> None:
    world.customers["eva"] = Customer(
        "eva",
        "Eva",
        "573004445566",
        "CO.1",
        "CO.ENT.2",
        mode=IdentityMode.BSUID_ONLY,
        missing_as_empty=True,
        shows_profile=False,
    )
    await world.customer_says("eva", PNID, "Hola")
    assert (await heard(world, receiver))["from"] == ""
    assert receiver.values()[0]["contacts"] == [{"wa_id": "", "user_id": "CO.1", "parent_user_id": "CO.ENT.2"}]


@pytest.mark.parametrize(("times", "context"), [(1, {"forwarded": True}), (6, {"frequently_forwarded": True})])
async def test_forwarded_texts_say_so(world: World, receiver: Receiver, times: int, context: dict[str, bool]) -> None:
    await world.handset("ana", PNID).says("Hola", forwarded=times)
    assert (await heard(world, receiver))["context"] == context


async def test_a_quote_names_the_author_of_what_is_quoted(graph: Graph, receiver: Receiver) -> None:
    handset = graph.world.handset("ana", PNID)
    ours, theirs = await graph.wamid(), await handset.says("uno")
    await handset.says("dos", quoted=ours)
    await handset.says("tres", quoted=theirs)
    await handset.says("cuatro", quoted="wamid.long-gone")
    await graph.world.settled()
    contexts = [message["context"] for message in receiver.messages() if "context" in message]
    assert contexts == [
        {"id": ours, "from": "15550100000"},
        {"id": theirs, "from": ANA},
        {"id": "wamid.long-gone", "from": ANA},
    ]


async def test_an_ad_rides_on_the_first_message(world: World, receiver: Receiver) -> None:
    referral = {"source_url": "https://fb.me/x", "source_type": "ad", "source_id": "1", "ctwa_clid": "A"}
    await world.handset("ana", PNID).says("Hola", referral=referral)
    assert (await heard(world, receiver))["referral"] == referral


async def test_taps_answer_what_was_offered(graph: Graph, receiver: Receiver) -> None:
    handset = graph.world.handset("ana", PNID)
    wamid = await graph.wamid(interactive=BUTTONS)
    await handset.taps("precio")
    message = await heard(graph.world, receiver)
    assert message["interactive"] == {
        "type": "button_reply",
        "button_reply": {"id": "precio", "title": "Precio"},
    }
    assert message["context"]["id"] == wamid
    await graph.wamid(interactive=ROWS)
    await handset.taps("r1")
    message = await heard(graph.world, receiver)
    reply = {"id": "r1", "title": "Una", "description": "La primera"}
    assert message["interactive"] == {"type": "list_reply", "list_reply": reply}
    await handset.taps("precio", of=wamid)
    await graph.world.settled()
    with pytest.raises(ValueError, match="no option"):
        await handset.taps("nada")


async def test_a_tap_on_a_template_button_is_of_type_button(graph: Graph, receiver: Receiver) -> None:
    graph.world.add_template(Template("hola", "es"))
    await graph.wamid(template={"name": "hola", "language": {"code": "es"}})
    await graph.world.handset("ana", PNID).taps("si", title="Sí")
    assert (await heard(graph.world, receiver))["button"] == {"payload": "si", "text": "Sí"}


async def test_nothing_offered_cannot_be_tapped(world: World) -> None:
    with pytest.raises(ValueError, match="no message with options"):
        await world.handset("ana", PNID).taps("precio")


TOLD = [
    spoken.location(4.6, -74.1, "Bogotá", "Centro"),
    spoken.contacts([{"name": {"formatted_name": "Luz"}, "phones": [{"phone": "+57300"}]}]),
    spoken.order("1", [{"product_retailer_id": "a", "quantity": 1, "item_price": 2.5, "currency": "COP"}]),
    spoken.reaction("wamid.x", "❤️"),
    spoken.reaction("wamid.x", None),
    spoken.edit("wamid.x", "otro"),
    spoken.revoke("wamid.x"),
    spoken.unsupported("poll"),
    spoken.unsupported("unknown", 131060),
    spoken.unsupported("group", 130501),
    spoken.unknown(),
    spoken.request_welcome(),
    spoken.flow('{"flow_token":"t"}'),
    spoken.flow(None),
    spoken.flow("{broken"),
    spoken.call_permission("accept", 1_767_225_600),
    spoken.payment("pix", 1_767_225_600, "r1"),
]


@pytest.mark.parametrize("told", TOLD, ids=lambda told: told["type"])
async def test_every_type_of_message_can_come_in(world: World, receiver: Receiver, told: dict[str, Any]) -> None:
    await world.handset("ana", PNID).sends(told)
    message = await heard(world, receiver)
    assert told.items() <= message.items()
    assert world.thread("ana", PNID)[0].kind == told["type"]


async def test_a_reaction_taken_back_has_no_emoji(world: World, receiver: Receiver) -> None:
    handset = world.handset("ana", PNID)
    await handset.reacts("wamid.x", "👍")
    await handset.reacts("wamid.x", None)
    await world.settled()
    assert [message["reaction"] for message in receiver.messages()] == [
        {"message_id": "wamid.x", "emoji": "👍"},
        {"message_id": "wamid.x"},
    ]


async def test_the_other_verbs_of_the_handset(world: World, receiver: Receiver) -> None:
    handset = world.handset("ana", PNID)
    await handset.sends_location(1.0, 2.0)
    await handset.shares_own_number()
    await handset.orders("1", [])
    await handset.edits("wamid.x", "otro")
    await handset.edits("wamid.x", "otro", as_unsupported=True)
    await handset.revokes("wamid.x")
    await handset.sends_unsupported()
    await handset.sends_unknown("hologram")
    await world.settled()
    kinds = [message["type"] for message in receiver.messages()]
    assert kinds == [*("location", "contacts", "order", "edit", "unsupported", "revoke", "unsupported", "hologram")]
    assert receiver.messages()[1]["contacts"][0]["origin"] == "contact_request"


async def test_a_changed_number_is_told_without_contacts(world: World, receiver: Receiver) -> None:
    before = world.customers["ana"].user_id
    await identity.changes_number(world, "ana", PNID, "573110000000")
    message = await heard(world, receiver)
    now = world.customers["ana"].user_id
    assert message["from"] == ANA
    assert message["system"] == {
        "body": f"User Ana changed from {ANA} to 573110000000",
        "wa_id": "573110000000",
        "type": "user_changed_number",
        "user_id": now,
        "previous_user_id": before,
    }
    assert now != before
    assert "contacts" not in receiver.values()[0]
    await world.customer_says("ana", PNID, "Soy yo")
    assert (await heard(world, receiver))["from"] == "573110000000"


async def test_the_old_shape_of_a_changed_number(world: World, receiver: Receiver) -> None:
    await identity.changes_number(world, "ana", PNID, "573110000000", old_shape=True)
    assert (await heard(world, receiver))["system"]["new_wa_id"] == "573110000000"


async def test_a_changed_user_id_and_device_are_told(world: World, receiver: Receiver) -> None:
    world.customers["ana"].parent_user_id = "CO.ENT.1"
    before = world.customers["ana"].user_id
    await identity.changes_user_id(world, "ana", PNID)
    told = (await heard(world, receiver))["system"]
    assert (told["type"], told["previous_user_id"]) == ("user_changed_user_id", before)
    assert told["previous_parent_user_id"] == "CO.ENT.1"
    await identity.changes_device(world, "ana", PNID)
    assert (await heard(world, receiver))["identity"]["hash"] == world.customers["ana"].identity_hash


async def test_a_username_hides_the_phone_without_any_webhook(world: World, receiver: Receiver) -> None:
    await identity.changes_username(world, "ana", "ana.lee")
    await identity.hides_number(world, "ana")
    assert not world.deliveries
    await world.customer_says("ana", PNID, "Hola")
    assert "from" not in await heard(world, receiver)
    assert receiver.values()[0]["contacts"][0]["profile"]["username"] == "ana.lee"


async def test_an_echo_of_the_phone_app_is_a_line_of_the_business(world: World, receiver: Receiver) -> None:
    wamid = await account.echoes(world, "ana", PNID, spoken.text("Desde el celular"))
    await world.settled()
    echo = receiver.values()[0]["message_echoes"][0]
    assert (echo["from"], echo["to"], echo["id"]) == ("15550100000", ANA, wamid)
    assert getattr(world.thread("ana", PNID)[0], "echo", False)


async def test_history_standby_and_refusals(world: World, receiver: Receiver) -> None:
    talk = [
        (False, spoken.text("Hola")),
        (True, spoken.text("Buenas")),
        (False, {"type": "media_placeholder"}),
    ]
    wamids = account.history(world, "ana", PNID, talk)
    account.history_refused(world, PNID)
    account.standby(world, "ana", PNID, spoken.text("al bot de Meta"))
    account.account_error(world, PNID, {"code": 130429, "title": "Rate limit hit"})
    await world.settled()
    thread = receiver.values()[0]["history"][0]["threads"][0]
    assert [message["id"] for message in thread["messages"]] == wamids
    assert receiver.values()[1]["history"][0]["errors"][0]["code"] == 2593109
    assert receiver.values()[2]["standby"]["messages"][0]["text"] == {"body": "al bot de Meta"}
    assert receiver.values()[3]["errors"][0]["code"] == 130429


async def test_calls_and_preferences(world: World, receiver: Receiver) -> None:
    await account.calls(world, "ana", PNID)
    await account.calls(world, "ana", PNID, "terminate")
    account.preference(world, "ana", PNID, "stop")
    await world.settled()
    assert [value["calls"][0]["event"] for value in receiver.values()[:2]] == ["connect", "terminate"]
    assert receiver.values()[2]["user_preferences"][0]["value"] == "stop"


async def test_every_other_field_has_an_example(world: World, receiver: Receiver) -> None:
    for field, value in EXAMPLES.items():
        world.post(field, value, owner="506914307656634")
    account.template_status(world, world.add_template(Template("hola", "es")), TemplateStatus.PAUSED)
    await world.settled()
    fields = [json.loads(body)["entry"][0]["changes"][0]["field"] for body in receiver.bodies]
    assert set(fields) == {*EXAMPLES, "message_template_status_update"}


async def test_two_numbers_have_threads_of_their_own(world: World) -> None:
    await world.customer_says("ana", PNID, "uno")
    await world.customer_says("ana", OTHER_PNID, "dos")
    assert [line.payload["text"]["body"] for line in world.thread("ana", OTHER_PNID)] == ["dos"]


async def test_a_change_wakes_who_waits_for_it(world: World) -> None:
    version = world.changed.version
    await world.customer_says("ana", PNID, "uno")
    assert await world.changed.after(version) > version
    with pytest.raises(TimeoutError):
        await world.until(lambda: False, timeout_s=0.01)
