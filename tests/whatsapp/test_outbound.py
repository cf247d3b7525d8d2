"""Contents become Graph's JSON, survive the outbox row, and can be shown in a list."""

from typing import Any

import pytest

from waia.whatsapp import template
from waia.whatsapp.content import (
    Audio,
    Button,
    Buttons,
    Card,
    CardPhone,
    ContactRequest,
    Contacts,
    Content,
    CtaUrl,
    Document,
    Flow,
    Header,
    HeaderMedia,
    Image,
    ListMenu,
    Location,
    LocationRequest,
    Reaction,
    Row,
    Section,
    Sticker,
    Template,
    Text,
    Video,
    content_from_json,
    content_to_json,
)
from waia.whatsapp.outbound import Address, build, preview_text, tipo_suffix

PHONE = Address(to="573009998877")
MENU = ListMenu(
    body="¿A dónde viajas?",
    button="Ver destinos",
    sections=(Section((Row("cali", "Cali", "Salida 8:00"), Row("pasto", "Pasto")), title="Sur"),),
    header="Destinos",
    footer="Precios por persona",
)
CASES: list[tuple[Content, dict[str, Any], str, str]] = [
    (
        Text("Hola"),
        {"type": "text", "text": {"body": "Hola", "preview_url": False}},
        "Hola",
        "",
    ),
    (
        Text("Mira https://waia.example"),
        {"type": "text", "text": {"body": "Mira https://waia.example", "preview_url": True}},
        "Mira https://waia.example",
        "",
    ),
    (
        Image(link="https://a.example/i.png", caption="mapa"),
        {"type": "image", "image": {"link": "https://a.example/i.png", "caption": "mapa"}},
        "mapa",
        "image",
    ),
    (Video(media_id="5"), {"type": "video", "video": {"id": "5"}}, "", "video"),
    (
        Audio(link="https://a.example/a.ogg", media_id="6", voice=True),
        {"type": "audio", "audio": {"id": "6", "voice": True}},
        "",
        "audio",
    ),
    (
        Document(media_id="7", caption="tu tiquete", filename="tiquete.pdf"),
        {"type": "document", "document": {"id": "7", "caption": "tu tiquete", "filename": "tiquete.pdf"}},
        "tu tiquete",
        "document",
    ),
    (Sticker(media_id="8"), {"type": "sticker", "sticker": {"id": "8"}}, "", "sticker"),
    (
        Location(3.45, -76.5, name="Terminal"),
        {"type": "location", "location": {"latitude": 3.45, "longitude": -76.5, "name": "Terminal"}},
        "Terminal",
        "location",
    ),
    (
        Contacts((Card("Ana Paz", phones=(CardPhone("+573001", "WORK"),), company="Waia"),)),
        {
            "type": "contacts",
            "contacts": [
                {
                    "name": {"formatted_name": "Ana Paz", "first_name": "Ana Paz"},
                    "phones": [{"phone": "+573001", "type": "WORK"}],
                    "org": {"company": "Waia"},
                }
            ],
        },
        "Ana Paz",
        "contacts",
    ),
    (
        Reaction("wamid.1", ""),
        {"type": "reaction", "reaction": {"message_id": "wamid.1", "emoji": ""}},
        "",
        "",
    ),
    (
        Buttons(
            "¿Confirmas?",
            (Button("si", "Sí"), Button("no", "No")),
            header=Header(media=HeaderMedia("image", media_id="9")),
            footer="Waia",
        ),
        {
            "type": "interactive",
            "interactive": {
                "type": "button",
                "header": {"type": "image", "image": {"id": "9"}},
                "body": {"text": "¿Confirmas?"},
                "footer": {"text": "Waia"},
                "action": {
                    "buttons": [
                        {"type": "reply", "reply": {"id": "si", "title": "Sí"}},
                        {"type": "reply", "reply": {"id": "no", "title": "No"}},
                    ]
                },
            },
        },
        "¿Confirmas?",
        "",
    ),
    (
        MENU,
        {
            "type": "interactive",
            "interactive": {
                "type": "list",
                "header": {"type": "text", "text": "Destinos"},
                "body": {"text": "¿A dónde viajas?"},
                "footer": {"text": "Precios por persona"},
                "action": {
                    "button": "Ver destinos",
                    "sections": [
                        {
                            "title": "Sur",
                            "rows": [
                                {"id": "cali", "title": "Cali", "description": "Salida 8:00"},
                                {"id": "pasto", "title": "Pasto"},
                            ],
                        }
                    ],
                },
            },
        },
        "¿A dónde viajas?",
        "",
    ),
    (
        CtaUrl("Paga aquí", "Pagar", "https://pay.example"),
        {
            "type": "interactive",
            "interactive": {
                "type": "cta_url",
                "body": {"text": "Paga aquí"},
                "action": {
                    "name": "cta_url",
                    "parameters": {"display_text": "Pagar", "url": "https://pay.example"},
                },
            },
        },
        "Paga aquí",
        "",
    ),
    (
        Flow("Reserva", "Abrir", flow_id="12", token="t", screen="FECHA", values={"origen": "Cali"}, draft=True),
        {
            "type": "interactive",
            "interactive": {
                "type": "flow",
                "body": {"text": "Reserva"},
                "action": {
                    "name": "flow",
                    "parameters": {
                        "flow_message_version": "3",
                        "flow_cta": "Abrir",
                        "flow_id": "12",
                        "flow_token": "t",
                        "mode": "draft",
                        "flow_action": "navigate",
                        "flow_action_payload": {"screen": "FECHA", "data": {"origen": "Cali"}},
                    },
                },
            },
        },
        "Reserva",
        "flow",
    ),
    (
        LocationRequest("¿Dónde estás?"),
        {
            "type": "interactive",
            "interactive": {
                "type": "location_request_message",
                "body": {"text": "¿Dónde estás?"},
                "action": {"name": "send_location"},
            },
        },
        "¿Dónde estás?",
        "",
    ),
    (
        ContactRequest("¿Tu número?"),
        {
            "type": "interactive",
            "interactive": {
                "type": "request_contact_info",
                "body": {"text": "¿Tu número?"},
                "action": {"name": "request_contact_info"},
            },
        },
        "¿Tu número?",
        "",
    ),
    (
        Template(
            "recordatorio",
            "es",
            (
                template.Header((template.MediaValue("document", media_id="3", filename="t.pdf"),)),
                template.Body((template.TextValue("Carla", name="nombre"),)),
                template.QuickReplyButton(0, "BAJA"),
                template.UrlButton(1, "vuelo/7"),
            ),
        ),
        {
            "type": "template",
            "template": {
                "name": "recordatorio",
                "language": {"code": "es"},
                "components": [
                    {
                        "type": "header",
                        "parameters": [{"type": "document", "document": {"id": "3", "filename": "t.pdf"}}],
                    },
                    {
                        "type": "body",
                        "parameters": [{"type": "text", "text": "Carla", "parameter_name": "nombre"}],
                    },
                    {
                        "type": "button",
                        "sub_type": "quick_reply",
                        "index": "0",
                        "parameters": [{"type": "payload", "payload": "BAJA"}],
                    },
                    {
                        "type": "button",
                        "sub_type": "url",
                        "index": "1",
                        "parameters": [{"type": "text", "text": "vuelo/7"}],
                    },
                ],
            },
        },
        "recordatorio",
        "template",
    ),
]
EACH = pytest.mark.parametrize(
    ("content", "json", "preview", "suffix"), CASES, ids=[type(case[0]).__name__ for case in CASES]
)
BASE = {"messaging_product": "whatsapp", "recipient_type": "individual"}


@EACH
def test_a_content_becomes_what_graph_documents(
    content: Content, json: dict[str, Any], preview: str, suffix: str
) -> None:
    assert build(content, PHONE) == {**BASE, "to": "+573009998877", **json}


@EACH
def test_a_content_is_shown_by_its_words_and_typed_as_the_original_did(
    content: Content, json: dict[str, Any], preview: str, suffix: str
) -> None:
    assert (preview_text(content), tipo_suffix(content)) == (preview, suffix)


@EACH
def test_a_content_survives_its_outbox_row(content: Content, json: dict[str, Any], preview: str, suffix: str) -> None:
    assert content_from_json(content_to_json(content)) == content


def test_the_rarer_parts_of_templates() -> None:
    parts: tuple[template.Component, ...] = (
        template.Body(
            (
                template.CurrencyValue("$10", "USD", 10_000),
                template.DateValue("mañana"),
            )
        ),
        template.Header((template.PlaceValue(3.4, -76.5, "Terminal", "Calle 30"),)),
        template.CopyCodeButton(0, "PROMO"),
        template.FlowButton(1, "t", {"origen": "Cali"}),
        template.Carousel(((template.QuickReplyButton(0, "A"),), (template.QuickReplyButton(0, "B"),))),
    )
    told: Any = build(Template("x", "es", parts), PHONE)
    body, header, code, flow, carousel = told["template"]["components"]
    money = {"fallback_value": "$10", "code": "USD", "amount_1000": 10_000}
    assert body["parameters"] == [
        {"type": "currency", "currency": money},
        {"type": "date_time", "date_time": {"fallback_value": "mañana"}},
    ]
    assert header["parameters"][0]["location"]["name"] == "Terminal"
    assert code["parameters"] == [{"type": "coupon_code", "coupon_code": "PROMO"}]
    action = {"flow_token": "t", "flow_action_data": {"origen": "Cali"}}
    assert flow["parameters"] == [{"type": "action", "action": action}]
    assert [card["card_index"] for card in carousel["cards"]] == [0, 1]


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (Address(to="573001"), {"to": "+573001"}),
        (Address(to="+57 300-1"), {"to": "+573001"}),
        (Address(recipient="CO.1111"), {"recipient": "CO.1111"}),
        (Address(to="573001", recipient="CO.1111"), {"to": "+573001"}),
        (Address(group_id="Y2Fw"), {"recipient_type": "group", "to": "Y2Fw"}),
    ],
)
def test_a_phone_wins_over_a_user_id_and_carries_its_sign(address: Address, told: dict[str, str]) -> None:
    assert build(Text("x"), address) == {
        **BASE,
        **told,
        "type": "text",
        "text": {"body": "x", "preview_url": False},
    }


def test_a_reply_quotes_and_carries_our_row() -> None:
    told = build(Text("x"), PHONE, quoted_wamid="wamid.1", opaque="row-1")
    assert (told["context"], told["biz_opaque_callback_data"]) == ({"message_id": "wamid.1"}, "row-1")


def test_a_reaction_is_never_a_reply() -> None:
    assert "context" not in build(Reaction("wamid.1", "👍"), PHONE, quoted_wamid="wamid.2")
