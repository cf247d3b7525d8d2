"""Sends that are accepted or refused for who they are for, and who asks."""

import re

import pytest

from tests.simulator.graph import ANA, OTHER_PNID, PNID, Graph, code_of
from waia.simulator import IdentityMode, Template, World


async def test_a_text_to_a_phone_is_accepted_with_an_id_and_the_phone(graph: Graph) -> None:
    answer = await graph.post(
        {"to": "+57 300 111-2233", "text": {"body": "Hola"}, "type": "text", "biz_opaque_callback_data": "7"}
    )
    assert answer.json()["contacts"] == [{"input": "+57 300 111-2233", "wa_id": ANA}]
    sent = graph.world.sent[0]
    assert answer.json()["messages"] == [{"id": sent.wamid}]
    assert (sent.customer_key, sent.opaque, sent.kind, sent.recipient) == ("ana", "7", "text", ANA)


async def test_a_text_to_a_user_id_is_answered_with_the_user_id(graph: Graph) -> None:
    user_id = graph.world.customers["ana"].user_id
    answer = await graph.post({"recipient": user_id, "type": "text", "text": {"body": "Hola"}})
    assert answer.json()["contacts"] == [{"input": user_id, "user_id": user_id}]
    assert graph.world.sent[0].customer_key == "ana"


async def test_to_wins_over_recipient(graph: Graph) -> None:
    answer = await graph.post({"to": "+573009998877", "recipient": "CO.1", "type": "text", "text": {"body": "Hola"}})
    assert answer.json()["contacts"][0]["wa_id"] == "573009998877"


async def test_ids_are_unique_and_unequal_in_length_with_base64_signs(world: World) -> None:
    ids = [world.ids.wamid() for _ in range(500)]
    assert len(set(ids)) == 500
    assert len({len(each) for each in ids}) > 1
    assert {"=", "+", "/"} <= set("".join(ids))
    assert all(each.startswith("wamid.HB") for each in ids)


@pytest.mark.parametrize("authorization", ["", "Bearer ", "Bearer wrong", "test-token"])
async def test_without_the_right_token_nothing_is_accepted(graph: Graph, authorization: str) -> None:
    answer = await graph.post({"to": f"+{ANA}"}, headers={"authorization": authorization})
    assert answer.status_code == 401
    assert code_of(answer) == 190
    assert answer.json()["error"]["type"] == "OAuthException"
    assert answer.json()["error"]["fbtrace_id"]


async def test_an_unknown_number_of_the_business_is_code_100_33(graph: Graph) -> None:
    answer = await graph.http.post("/v25.0/999/messages", json={})
    assert (code_of(answer), answer.json()["error"]["error_subcode"]) == (100, 33)


@pytest.mark.parametrize("path", ["/", "/nope", "/v25.0", "/v99.0/1/messages", "/v16.0/1", "/v25.0/1/2/3/4"])
async def test_an_unknown_path_or_version_is_an_error_of_the_graph(graph: Graph, path: str) -> None:
    answer = await graph.http.get(path)
    assert (answer.status_code, code_of(answer)) == (400, 2500)


@pytest.mark.parametrize("body", [b"{", b"[]", b'"text"', b"\xff\xfe", b"[" * 100_000])
async def test_a_body_that_is_no_json_object_is_code_100(graph: Graph, body: bytes) -> None:
    answer = await graph.http.post(f"/v25.0/{PNID}/messages", content=body)
    assert (answer.status_code, code_of(answer)) == (400, 100)


async def test_the_business_cannot_write_to_itself(graph: Graph) -> None:
    assert code_of(await graph.send(to="+" + graph.world.numbers[PNID].display)) == 131021


async def test_an_allow_list_refuses_everybody_else(graph: Graph) -> None:
    graph.world.faults.allow_list = {ANA}
    assert (await graph.send()).status_code == 200
    assert code_of(await graph.send(to="+573009998877")) == 131030


async def test_an_authentication_template_needs_a_phone(graph: Graph) -> None:
    graph.world.add_template(Template("codigo", "es", category="AUTHENTICATION"))
    told = {"name": "codigo", "language": {"code": "es"}}
    user_id = graph.world.customers["ana"].user_id
    assert code_of(await graph.post({"recipient": user_id, "type": "template", "template": told})) == 131062
    assert (await graph.send(template=told)).status_code == 200


async def test_a_changed_device_is_noticed_by_its_identity_hash(graph: Graph) -> None:
    graph.world.customers["ana"].identity_hash = "new"
    told = {"to": f"+{ANA}", "type": "text", "text": {"body": "Hola"}}
    assert code_of(await graph.post(told | {"recipient_identity_key_hash": "old"})) == 137000
    assert (await graph.post(told | {"recipient_identity_key_hash": "new"})).status_code == 200


@pytest.mark.parametrize(
    ("written", "wa_id"),
    [
        ("+5511987654321", "551187654321"),
        ("+525512345678", "5215512345678"),
        ("+541112345678", "5491112345678"),
    ],
)
async def test_numbers_may_come_back_rewritten(graph: Graph, written: str, wa_id: str) -> None:
    graph.world.faults.rewrites_numbers = True
    graph.world.add_customer("other", "Otra", wa_id)
    answer = await graph.send(to=written)
    assert answer.json()["contacts"] == [{"input": written, "wa_id": wa_id}]
    assert graph.world.sent[0].customer_key == "other"


@pytest.mark.parametrize("to", ["abc", "+12", "+1234567890123456", "00573001112233", "", 573001112233, "＋5７"])
async def test_what_is_no_phone_number_is_refused(graph: Graph, to: object) -> None:
    answer = await graph.post({"to": to, "type": "text", "text": {"body": "Hola"}})
    assert (answer.status_code, code_of(answer) in (100, 131009)) == (400, True)


async def test_what_is_no_user_id_is_refused(graph: Graph) -> None:
    answer = await graph.post({"recipient": "ana", "type": "text", "text": {"body": "Hola"}})
    assert code_of(answer) == 131009


async def test_a_read_mark_needs_an_inbound_message_of_that_number(graph: Graph) -> None:
    wamid = await graph.world.customer_says("ana", PNID, "Hola")
    mark = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid}
    assert (await graph.http.post(f"/v25.0/{PNID}/messages", json=mark)).json() == {"success": True}
    assert code_of(await graph.http.post(f"/v25.0/{OTHER_PNID}/messages", json=mark)) == 100
    unknown = mark | {"message_id": "wamid.unknown"}
    assert code_of(await graph.http.post(f"/v25.0/{PNID}/messages", json=unknown)) == 100
    assert [(each.wamid, each.typing) for each in graph.world.marks] == [(wamid, False)]


async def test_a_read_mark_covers_the_whole_thread_before_it(graph: Graph) -> None:
    wamids = [await graph.world.customer_says("ana", PNID, text) for text in ("uno", "dos", "tres")]
    await graph.post({"status": "read", "message_id": wamids[1], "typing_indicator": {"type": "text"}})
    seen = [getattr(line, "seen_by_business", None) for line in graph.world.thread("ana", PNID)]
    assert seen == [True, True, False]
    assert graph.world.marks[0].typing


async def test_a_person_who_hides_the_phone_is_found_by_it_all_the_same(graph: Graph) -> None:
    graph.world.customers["ana"].mode = IdentityMode.BSUID_ONLY
    await graph.wamid()
    assert graph.world.sent[0].customer_key == "ana"


async def test_every_request_is_recorded_also_the_refused_ones(graph: Graph) -> None:
    await graph.send()
    await graph.send(to="abc")
    await graph.http.get("/nope")
    assert [each.answered for each in graph.world.requests] == [200, 400, 400]
    assert graph.world.requests[0].headers["authorization"] == "Bearer test-token"
    assert re.fullmatch(r"v25.0/\d+/messages", graph.world.requests[0].path.strip("/"))


async def test_a_blocked_customer_is_not_heard_and_not_written_to(graph: Graph) -> None:
    told = {"messaging_product": "whatsapp", "block_users": [{"user": f"+{ANA}"}]}
    path = f"/v25.0/{PNID}/block_users"
    answer = await graph.http.post(path, json=told)
    assert answer.json()["block_users"]["added_users"] == [{"input": f"+{ANA}", "wa_id": ANA}]
    assert code_of(await graph.send()) == 130403
    await graph.world.customer_says("ana", PNID, "Hola")
    assert not graph.world.deliveries
    assert (await graph.http.get(path)).json()["data"][0]["wa_id"] == ANA
    await graph.http.request("DELETE", path, json=told)
    assert (await graph.send()).status_code == 200
