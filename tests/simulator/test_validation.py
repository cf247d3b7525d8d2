"""Every limit of the message types: what is just allowed passes, one more does not."""

from typing import Any

import pytest

from waia.simulator.graph_errors import GraphError
from waia.simulator.validate import check_message

BODY = {"text": "Elige"}


def message(kind: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "to": "+573001112233", "type": kind, kind: content, **more}


def interactive(kind: str, action: dict[str, Any], **more: Any) -> dict[str, Any]:
    return message("interactive", {"type": kind, "body": BODY, "action": action, **more})


def buttons(*pairs: tuple[str, str]) -> dict[str, Any]:
    replies = [{"type": "reply", "reply": {"id": key, "title": title}} for key, title in pairs]
    return interactive("button", {"buttons": replies})


def rows(*counts: int, title: str | None = "Sección", **row: str) -> dict[str, Any]:
    sections = []
    for section, count in enumerate(counts):
        listed = [{"id": f"{section}-{n}", "title": "Fila", **row} for n in range(count)]
        sections.append({"rows": listed} | ({"title": title} if title else {}))
    return interactive("list", {"button": "Ver", "sections": sections})


def card(number: int, **more: Any) -> dict[str, Any]:
    parameters = {"display_text": "Ver", "url": "https://example.com/1"}
    image = {"type": "image", "image": {"link": "https://example.com/1.png"}}
    action = {"name": "cta_url", "parameters": parameters}
    return {"card_index": number, "type": "cta_url", "header": image, "action": action} | more


def cards(*given: dict[str, Any]) -> dict[str, Any]:
    return interactive("carousel", {"cards": list(given)})


def quick_replies(count: int) -> dict[str, Any]:
    replies = [{"type": "quick_reply", "quick_reply": {"id": str(n), "title": str(n)}} for n in range(count)]
    return {"buttons": replies}


def contact(**more: Any) -> dict[str, Any]:
    return {"name": {"formatted_name": "Ana Lee", "first_name": "Ana"}} | more


def link(url: str = "https://example.com", text: str = "Abrir") -> dict[str, Any]:
    return interactive("cta_url", {"name": "cta_url", "parameters": {"display_text": text, "url": url}})


def flow(**more: Any) -> dict[str, Any]:
    parameters = {
        "flow_message_version": "3",
        "flow_id": "1",
        "flow_cta": "Reservar",
        "flow_token": "t",
        **more,
    }
    return interactive("flow", {"name": "flow", "parameters": parameters})


def products(*counts: int) -> dict[str, Any]:
    sections = [
        {"title": "S", "product_items": [{"product_retailer_id": str(n)} for n in range(count)]} for count in counts
    ]
    header = {"type": "text", "text": "Catálogo"}
    return interactive("product_list", {"catalog_id": "1", "sections": sections}, header=header)


def call(**parameters: Any) -> dict[str, Any]:
    return interactive("voice_call", {"name": "voice_call", "parameters": parameters})


GOOD = [
    message("text", {"body": "x" * 4096, "preview_url": True}),
    message("text", {"body": "😀" * 2048}),
    message("image", {"id": "1", "caption": "x" * 1024}),
    message("video", {"link": "http://example.com/v.mp4?a=1"}),
    message("audio", {"id": "1", "voice": True}),
    message("document", {"id": "1", "filename": "a.pdf", "caption": "x"}),
    message("sticker", {"id": "1"}),
    message("location", {"latitude": -90, "longitude": "180.0", "name": "x", "address": "y"}),
    message("contacts", [contact()] * 257),
    message("contacts", [contact(birthday="1990-02-28", phones=[{"phone": "+57300", "type": "CELL"}])]),
    message("reaction", {"message_id": "wamid.x", "emoji": "👍🏽"}),
    message("reaction", {"message_id": "wamid.x", "emoji": ""}),
    message("reaction", {"message_id": "wamid.x", "emoji": "👩‍👩‍👧‍👦"}),
    message("reaction", {"message_id": "wamid.x", "emoji": "🇨🇴"}),
    message("reaction", {"message_id": "wamid.x", "emoji": "❤️"}),
    message("reaction", {"message_id": "wamid.x", "emoji": "1️⃣"}),
    message("text", {"body": "x"}, context={"message_id": "wamid.x"}, biz_opaque_callback_data="x" * 512),
    buttons(("1", "x" * 20), ("2", "Dos"), ("x" * 256, "Tres")),
    rows(10),
    rows(5, 5),
    rows(1, title=None),
    rows(1, title="x" * 24, id="x" * 200, description="x" * 72),
    link(text="x" * 20),
    flow(flow_action="navigate", flow_action_payload={"screen": "S1", "data": {"a": 1}}, mode="draft"),
    products(15, 15),
    cards(*(card(n) for n in range(10))),
    cards(card(0, body={"text": "a\nb\nc"}), card(1)),
    cards(card(0, action=quick_replies(3)), card(1, action=quick_replies(3))),
    call(display_text="Llamar", ttl_minutes=43200, payload="x" * 512),
    interactive("location_request_message", {"name": "send_location"}),
    interactive("request_contact_info", {"name": "request_contact_info"}),
    interactive("catalog_message", {"name": "catalog_message"}),
    interactive("product", {"catalog_id": "1", "product_retailer_id": "2"}),
    interactive("call_permission_request", {"name": "call_permission_request"}),
    interactive("address_message", {"name": "address_message", "parameters": {"country": "IN"}}),
    interactive("button", buttons(("1", "Uno"))["interactive"]["action"], footer={"text": "x" * 60}),
    message("template", {"name": "hola", "language": {"code": "es"}}),
]

BAD = [
    (131008, message("text", {"body": "  "})),
    (131008, message("text", {})),
    (131009, message("text", {"body": "x" * 4097})),
    (131009, message("text", {"body": "😀" * 2049})),
    (131009, message("text", {"body": 5})),
    (131009, message("text", {"body": "x", "preview_url": "yes"})),
    (100, message("text", {"body": "x", "preview": True})),
    (131009, message("text", "Hola")),
    (131008, {"messaging_product": "whatsapp", "to": "+573001112233", "type": "text"}),
    (100, {"to": "+573001112233", "type": "text", "text": {"body": "x"}}),
    (100, {"messaging_product": "whatsapp", "type": "text", "text": {"body": "x"}}),
    (100, message("text", {"body": "x"}, txt={"body": "x"})),
    (131009, message("poll", {"question": "x"})),
    (131009, {"messaging_product": "whatsapp", "to": "+573001112233", "type": ["text"]}),
    (131009, message("text", {"body": "x"}, recipient_type="crowd")),
    (131009, message("text", {"body": "x"}, biz_opaque_callback_data="x" * 513)),
    (131009, message("text", {"body": "x"}, context={"message_id": "x"})),
    (
        131009,
        message("reaction", {"message_id": "wamid.x", "emoji": "👍"}, context={"message_id": "wamid.x"}),
    ),
    (131009, message("image", {"id": "1", "link": "https://example.com/a.png"})),
    (131009, message("image", {"caption": "x"})),
    (131009, message("image", {"id": "1", "caption": "x" * 1025})),
    (131009, message("image", {"link": "ftp://example.com/a.png"})),
    (131009, message("image", {"link": "/media/1"})),
    (100, message("audio", {"id": "1", "caption": "x"})),
    (100, message("image", {"id": "1", "filename": "a.png"})),
    (131009, message("location", {"latitude": 90.1, "longitude": 0})),
    (131009, message("location", {"latitude": "north", "longitude": 0})),
    (131009, message("location", {"latitude": True, "longitude": 0})),
    (131009, message("location", {"latitude": float("nan"), "longitude": 0})),
    (131008, message("location", {"latitude": 1})),
    (131009, message("contacts", [contact()] * 258)),
    (131009, message("contacts", [])),
    (131008, message("contacts", [{"name": {"formatted_name": "Ana"}}])),
    (131008, message("contacts", [{"phones": []}])),
    (131009, message("contacts", [contact(birthday="28/02/1990")])),
    (100, message("contacts", [contact(phones=[{"number": "1"}])])),
    (131009, message("reaction", {"message_id": "wamid.x", "emoji": "ok"})),
    (131009, message("reaction", {"message_id": "wamid.x", "emoji": "👍👍"})),
    (131009, message("reaction", {"message_id": "wamid.x", "emoji": ":)"})),
    (131008, message("reaction", {"message_id": "wamid.x"})),
    (131009, buttons()),
    (131009, buttons(("1", "a"), ("2", "b"), ("3", "c"), ("4", "d"))),
    (131009, buttons(("1", "x" * 21))),
    (131009, buttons(("1", "😀" * 11))),
    (131009, buttons(("1", "Uno"), ("1", "Dos"))),
    (131009, buttons(("1", "Uno"), ("2", "Uno"))),
    (131009, buttons((" 1", "Uno"))),
    (131009, buttons(("x" * 257, "Uno"))),
    (131009, rows(11)),
    (131009, rows(6, 5)),
    (131008, rows(1, 1, title=None)),
    (131009, rows(1, title="x" * 25)),
    (131009, rows(2, id="same")),
    (131009, rows(1, id="x" * 201)),
    (131009, rows(1, description="x" * 73)),
    (131009, rows(*[1] * 11)),
    (131009, interactive("list", {"button": "x" * 21, "sections": [{"rows": [{"id": "1", "title": "1"}]}]})),
    (131009, interactive("list", rows(1)["interactive"]["action"], body={"text": "x" * 4097})),
    (131009, interactive("button", buttons(("1", "1"))["interactive"]["action"], body={"text": "x" * 1025})),
    (131009, interactive("button", buttons(("1", "1"))["interactive"]["action"], footer={"text": "x" * 61})),
    (
        131009,
        interactive("list", rows(1)["interactive"]["action"], header={"type": "image", "image": {"id": "1"}}),
    ),
    (
        131009,
        interactive(
            "button",
            buttons(("1", "1"))["interactive"]["action"],
            header={"type": "text", "text": "x" * 61},
        ),
    ),
    (131009, link(text="x" * 21)),
    (131009, link(url="example.com")),
    (131009, flow(flow_name="both")),
    (131009, flow(flow_cta="x" * 31)),
    (131009, flow(flow_message_version="2")),
    (131009, flow(flow_action_payload={"screen": "S1", "data": {}})),
    (131009, products(20, 11)),
    (
        131008,
        interactive(
            "product_list",
            {"catalog_id": "1", "sections": [{"product_items": [{"product_retailer_id": "1"}]}]},
        ),
    ),
    (131009, cards(card(0))),
    (131009, cards(*(card(n) for n in range(11)))),
    (131009, cards(card(0), card(0))),
    (131009, cards(card(0, body={"text": "a\nb\nc\nd"}), card(1))),
    (131009, cards(card(0, body={"text": "x" * 161}), card(1))),
    (131009, cards(card(0, header={"type": "video", "video": {"id": "1"}}), card(1))),
    (131009, cards(card(0, action=quick_replies(2)), card(1, action=quick_replies(1)))),
    (131009, call(ttl_minutes=0)),
    (131009, call(payload="x" * 513)),
    (131009, interactive("request_contact_info", {"name": "contact_request"})),
    (131009, interactive("poll", {})),
    (132001, message("template", {"name": "Hola Mundo", "language": {"code": "es"}})),
    (131008, message("template", {"name": "hola"})),
    (
        131009,
        message("template", {"name": "a", "language": {"code": "es"}, "components": [{"type": "foot"}]}),
    ),
]


@pytest.mark.parametrize("payload", GOOD, ids=range(len(GOOD)))
def test_what_is_within_the_limits_passes(payload: dict[str, Any]) -> None:
    assert check_message(payload) == payload["type"]


@pytest.mark.parametrize(("code", "payload"), BAD, ids=range(len(BAD)))
def test_what_is_beyond_a_limit_is_refused(code: int, payload: dict[str, Any]) -> None:
    with pytest.raises(GraphError) as refused:
        check_message(payload)
    assert refused.value.code == code
    assert refused.value.details
