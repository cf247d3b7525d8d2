"""Numbers, account, profile, subscriptions and templates at the Graph API."""

from typing import Any

import pytest

from tests.simulator.graph import ANA, PNID, TOKEN, WABA, Graph, code_of, details_of
from tests.simulator.receiver import SECRET, VERIFY_TOKEN, Receiver
from waia.simulator import Template, TemplateStatus, once

BODY = {"type": "BODY", "text": "Hola {{1}}, tu pedido {{2}} va en camino"}


def parameters(*texts: str, kind: str = "body") -> dict[str, Any]:
    return {"type": kind, "parameters": [{"type": "text", "text": text} for text in texts]}


async def use(graph: Graph, *components: dict[str, Any], language: str = "es") -> Any:
    told = {"name": "pedido", "language": {"code": language}, "components": list(components)}
    return await graph.send(template=told)


async def test_a_number_tells_about_itself(graph: Graph) -> None:
    told = (await graph.http.get(f"/v25.0/{PNID}")).json()
    assert told["display_phone_number"] == "+15550100000"
    some = (await graph.http.get(f"/v25.0/{PNID}?fields=verified_name,nothing")).json()
    assert set(some) == {"verified_name", "id"}
    assert len((await graph.http.get(f"/v25.0/{WABA}/phone_numbers")).json()["data"]) == 2
    assert (await graph.http.get(f"/v25.0/{WABA}")).json()["id"] == WABA


async def test_the_profile_can_be_changed_within_its_limits(graph: Graph) -> None:
    path = f"/v25.0/{PNID}/whatsapp_business_profile"
    told = {"messaging_product": "whatsapp", "about": "Abierto", "websites": ["https://example.com"]}
    assert (await graph.http.post(path, json=told)).json() == {"success": True}
    assert (await graph.http.get(path)).json()["data"][0]["about"] == "Abierto"
    assert code_of(await graph.http.post(path, json=told | {"about": "x" * 140})) == 131009
    assert code_of(await graph.http.post(path, json=told | {"colour": "red"})) == 100


async def test_a_missing_edge_is_code_100_33(graph: Graph) -> None:
    assert code_of(await graph.http.get(f"/v25.0/{PNID}/nothing")) == 100
    assert code_of(await graph.http.put(f"/v25.0/{PNID}/messages")) == 100


async def test_subscribing_proves_the_callback(graph: Graph, receiver: Receiver) -> None:
    path = f"/v25.0/{WABA}/subscribed_apps"
    assert (await graph.http.delete(path)).json() == {"success": True}
    await graph.world.customer_says("ana", PNID, "nadie oye")
    assert (await graph.http.get(path)).json() == {"data": []}
    wrong = await graph.http.post(path, json={"verify_token": "wrong"})
    assert code_of(wrong) == 2200
    assert "403" in details_of(wrong)
    right = {"override_callback_uri": graph.world.postman.url, "verify_token": VERIFY_TOKEN}
    assert (await graph.http.post(path, json=right)).json() == {"success": True}
    assert len((await graph.http.get(path)).json()["data"]) == 1
    await graph.world.customer_says("ana", PNID, "ya")
    await graph.world.settled()
    assert receiver.texts() == ["ya"]


async def test_a_person_can_be_forgotten(graph: Graph) -> None:
    path = f"/v25.0/{PNID}/contact_book?messaging_product=whatsapp&bsuid="
    user_id = graph.world.customers["ana"].user_id
    assert (await graph.http.delete(f"{path}{user_id}")).json() == {"success": True}
    assert code_of(await graph.http.delete(f"{path}CO.unknown")) == 100


async def test_people_can_be_blocked_by_user_id(graph: Graph) -> None:
    told = {"messaging_product": "whatsapp", "block_users": [{"user_id": "CO.77"}, {"user": f"+{ANA}"}]}
    answer = await graph.http.post(f"/v25.0/{PNID}/block_users", json=told)
    added = answer.json()["block_users"]["added_users"]
    assert added == [{"input": "CO.77", "user_id": "CO.77"}, {"input": f"+{ANA}", "wa_id": ANA}]


async def test_a_template_takes_exactly_its_parameters(graph: Graph) -> None:
    graph.world.add_template(Template("pedido", "es", [BODY]))
    assert (await use(graph, parameters("Ana", "77"))).status_code == 200
    assert code_of(await use(graph, parameters("Ana"))) == 132000
    assert code_of(await use(graph)) == 132000
    assert code_of(await use(graph, parameters("Ana", "77", "x"))) == 132000
    assert code_of(await use(graph, parameters("Ana", "x" * 1010))) == 132005


async def test_a_template_exists_in_its_languages_only(graph: Graph) -> None:
    graph.world.add_template(Template("pedido", "es", [BODY]))
    answer = await use(graph, parameters("Ana", "77"), language="en_US")
    assert (answer.status_code, code_of(answer)) == (404, 132001)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (TemplateStatus.PAUSED, 132015),
        (TemplateStatus.DISABLED, 132016),
        (TemplateStatus.PENDING, 132001),
        (TemplateStatus.REJECTED, 132001),
    ],
)
async def test_only_an_approved_template_can_be_sent(graph: Graph, status: TemplateStatus, code: int) -> None:
    graph.world.add_template(Template("pedido", "es", status=status))
    assert code_of(await use(graph)) == code


async def test_headers_buttons_and_names_of_templates(graph: Graph) -> None:
    header = {"type": "HEADER", "format": "IMAGE"}
    buttons = {"type": "BUTTONS", "buttons": [{"type": "URL", "url": "https://example.com/{{1}}"}]}
    graph.world.add_template(Template("pedido", "es", [header, buttons]))
    image = {
        "type": "header",
        "parameters": [{"type": "image", "image": {"link": "https://example.com/a.png"}}],
    }
    button = parameters("77", kind="button") | {"sub_type": "url", "index": "0"}
    assert (await use(graph, image, button)).json()["messages"][0]["message_status"] == "accepted"
    assert code_of(await use(graph, image)) == 132000
    assert code_of(await use(graph, button)) == 132012
    assert code_of(await use(graph, parameters("x", kind="header"), button)) == 132012
    assert code_of(await use(graph, image, button, button | {"index": "3"})) == 132000


async def test_named_parameters_need_their_names(graph: Graph) -> None:
    body = {"type": "BODY", "text": "Hola {{nombre}}"}
    graph.world.add_template(Template("pedido", "es", [body], parameter_format="NAMED"))
    named = {"type": "body", "parameters": [{"type": "text", "text": "Ana", "parameter_name": "nombre"}]}
    assert (await use(graph, named)).status_code == 200
    assert code_of(await use(graph, parameters("Ana"))) == 132012


async def test_a_template_is_paid_by_its_category(graph: Graph, receiver: Receiver) -> None:
    graph.world.add_template(Template("pedido", "es", category="MARKETING"))
    await use(graph)
    await graph.world.settled()
    assert receiver.statuses()[0]["pricing"]["category"] == "marketing"


async def test_a_new_template_is_approved_later(graph: Graph, receiver: Receiver) -> None:
    path = f"/v25.0/{WABA}/message_templates"
    told = {"name": "pedido", "language": "es", "category": "UTILITY", "components": [BODY]}
    created = (await graph.http.post(path, json=told)).json()
    assert created["status"] == "PENDING"
    assert code_of(await use(graph, parameters("Ana", "77"))) == 132001
    assert code_of(await graph.http.post(path, json=told)) == 100
    await graph.world.settled()
    event = receiver.values()[-1]
    assert (event["event"], event["message_template_id"]) == ("APPROVED", int(created["id"]))
    assert (await use(graph, parameters("Ana", "77"))).status_code == 200
    assert (await graph.http.delete(f"{path}?name=pedido")).json() == {"success": True}
    assert code_of(await graph.http.delete(f"{path}?name=pedido")) == 100


async def test_templates_come_in_pages(graph: Graph) -> None:
    for number in range(5):
        graph.world.add_template(Template(f"t{number}", "es"))
    graph.world.add_template(Template("otra", "es", status=TemplateStatus.PAUSED))
    names: list[str] = []
    url = f"/v25.0/{WABA}/message_templates?limit=2&status=APPROVED"
    while url:
        page = (await graph.http.get(url)).json()
        names += [each["name"] for each in page["data"]]
        url = page["paging"].get("next", "")
    assert names == [f"t{number}" for number in range(5)]
    assert code_of(await graph.http.get(f"/v25.0/{WABA}/message_templates?limit=x")) == 100


async def test_a_token_is_told_about_with_its_rights_and_its_end(graph: Graph) -> None:
    asked = "/v25.0/debug_token?input_token="
    answered = await graph.http.get(asked + TOKEN)
    told = answered.json()["data"]
    assert (told["is_valid"], told["expires_at"], told["app_id"]) == (True, 0, graph.world.app_id)
    assert "whatsapp_business_messaging" in told["scopes"]
    assert answered.headers["date"].endswith("GMT")
    graph.world.faults.account.expires_in_s = 60
    assert (await graph.http.get(asked + TOKEN)).json()["data"]["expires_at"] > 0
    assert (await graph.http.get(asked + "another")).json()["data"]["error"]["code"] == 190
    graph.world.faults.account.unavailable = once()
    assert code_of(await graph.http.get(asked + TOKEN)) == 2


async def test_the_webhooks_of_an_app_are_told_to_who_knows_its_secret(graph: Graph) -> None:
    path = f"/v25.0/{graph.world.app_id}/subscriptions"
    assert code_of(await graph.http.get(path)) == 190
    by_app = {"authorization": f"Bearer {graph.world.app_id}|{SECRET}"}
    ours = (await graph.http.get(path, headers=by_app)).json()["data"][-1]
    assert (ours["object"], ours["callback_url"]) == ("whatsapp_business_account", graph.world.postman.url)
    assert "messages" in {field["name"] for field in ours["fields"]}
    graph.world.faults.account.callback = ""
    assert (await graph.http.get(path, headers=by_app)).json()["data"] == []
