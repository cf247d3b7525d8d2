"""The conversation: every kind of message drawn honestly, in order, and with nothing of it executed."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.chats.panel_world import NOW, Browser, Html, Shop
from waia.chats.delivery_state import RESTORED, DeliveryState
from waia.chats.models import CapturedAnswer, DecisionRow
from waia.chats.panel import timeline
from waia.rules.models import RuleRow

KINDS: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    ("image", {"details": {"caption": "x"}, "mime_type": "image/jpeg"}, ("Foto", "image/jpeg")),
    ("audio", {"details": {"voice": True}, "mime_type": "audio/ogg; codecs=opus"}, ("Mensaje de voz", "audio/ogg")),
    ("document", {"details": {"filename": "plano final.pdf"}}, ("plano final.pdf", "PDF")),
    ("sticker", {}, ("Sticker",)),
    (
        "location",
        {"details": {"location": {"latitude": 4.65, "longitude": "-74.1", "name": "Taller"}}},
        ("Taller", "Ver en el mapa"),
    ),
    (
        "contacts",
        {
            "details": {
                "contacts": [
                    {
                        "name": "Luz",
                        "phones": [{"phone": "+57 300", "kind": "WORK"}],
                        "urls": ["javascript:x"],
                        "birthday": "1980-05-01",
                    }
                ]
            }
        },
        ("Luz", "+57 300 trabajo", "Cumpleaños: 1980-05-01"),
    ),
    (
        "order",
        {
            "details": {
                "order": {"lines": [{"product_id": "SKU1", "quantity": "2", "price": "10.5", "currency": "COP"}]}
            }
        },
        ("SKU1", "× 2", "21 COP"),
    ),
    ("list_reply", {"details": {"chosen": {"id": "a", "title": "Horario"}}}, ("Eligió una opción",)),
    (
        "flow_reply",
        {"details": {"fields": {"ciudad": "Bogotá", "flow_token": "t0k"}}},
        ("Formulario", "ciudad", "Bogotá"),
    ),
    (
        "unsupported",
        {"details": {"errors": [{"message": "Unsupported poll"}]}},
        ("de un tipo que WhatsApp no entrega", "Unsupported poll"),
    ),
    (
        "unsupported",
        {"details": {"errors": [{"code": 131060, "message": "This message is unavailable."}]}},
        ("WhatsApp no pudo recuperar su contenido",),
    ),
    ("something_new", {}, ("Hola",)),
    (
        "text",
        {"details": {"referral": {"source_type": "ad", "headline": "Mesones", "source_url": "https://fb.me/x"}}},
        ("Llegó desde un anuncio", "Mesones"),
    ),
    ("text", {"details": {"forwarded": True}}, ("Reenviado",)),
    ("text", {"edited_at": NOW}, ("Editado", "Hola")),
    ("text", {"details": "not a dictionary"}, ("Hola",)),
    ("location", {"details": {"location": {"latitude": "NaN", "longitude": []}}}, ("Hola",)),
]
PAYLOADS = (
    "<script>window.__pwn=1</script>",
    "<img src=x onerror=window.__pwn=1>",
    '"><svg onload=window.__pwn=1>',
    "' autofocus onfocus=window.__pwn=1 x='",
    '<div hx-post="/logout" hx-trigger="load"></div>',
    '<hx-partial hx-target="body">x</hx-partial>',
    "</textarea></title></style><b id=owned>",
    "{{7*7}} {% raw %} ${7*7}",
    "javascript:window.__pwn=1",
    "*<b id=owned>*",
    "`<b id=owned>`",
    "```<b id=owned>```",
    'https://a.co/"onmouseover=window.__pwn=1',
    "%(name)s %s 100%",
)


@pytest.fixture
async def shop(tmp_path: Path, database_url: str) -> AsyncIterator[Shop]:
    shop = await Shop.open(tmp_path, database_url)
    yield shop
    await shop.close()


async def _bubbles(browser: Browser, chat: int) -> tuple[Html, list[int]]:
    page = await browser.get(f"/chats/{chat}")
    assert page.status == 200
    return page.page, page.ids("message")


async def test_every_kind_of_message_is_drawn_for_what_it_is(shop: Shop) -> None:
    chat = await shop.add_chat()
    messages = [await shop.add_message(chat, kind=kind, **values) for kind, values, _ in KINDS]
    async with shop.browser("ana") as ana:
        page, ids = await _bubbles(ana, chat)
    assert ids == messages
    for message, (kind, _, words) in zip(messages, KINDS, strict=True):
        text = page.text(f"message-{message}")
        assert all(word in text for word in words), (kind, text)
    assert "t0k" not in page.text()
    assert not [link for link in page.elements if link.get("href", "").startswith("javascript")]


async def test_an_erased_message_keeps_its_place_and_loses_its_words(shop: Shop) -> None:
    chat = await shop.add_chat()
    message = await shop.add_message(chat, "mi clave es 1234", revoked_at=NOW)
    answer = await shop.add_sent(chat, quoted_wamid="wamid.2", author="user", user_id=shop.users["ana"])
    async with shop.browser("ana") as ana:
        page, _ = await _bubbles(ana, chat)
    assert "El cliente eliminó este mensaje" in page.text(f"message-{message}")
    assert "Mensaje eliminado" in page.text(f"message-{answer}")
    assert "1234" not in page.text()


async def test_a_sender_is_named_once_in_three_minutes(shop: Shop) -> None:
    chat = await shop.add_chat()
    by_ana: dict[str, Any] = {"author": "user", "user_id": shop.users["ana"]}
    times = [NOW, NOW + timedelta(minutes=2), NOW + timedelta(minutes=6)]
    first, second, third = [await shop.add_sent(chat, **by_ana, timestamp=at) for at in times]
    by_bot = await shop.add_sent(chat, rule_id=7, step="menu", timestamp=times[2])
    async with shop.browser("ana") as ana:
        page, _ = await _bubbles(ana, chat)
    shown = [path for path in page.owners("Ana Torres") if "bubble__sender--user" in path[-1].get("class", "")]
    assert [element["id"] for path in shown for element in path if element.get("id", "").startswith("message-")] == [
        f"message-{first}",
        f"message-{third}",
    ]
    assert "Ana Torres" in page.text(f"message-{second}")  # for who listens to the page
    assert "Bot menu" in page.text(f"message-{by_bot}")
    assert page.where(title="Regla 7")


async def test_days_are_those_of_the_business(shop: Shop) -> None:
    """23:30 and 00:30 in Bogota are the same day in UTC."""
    chat = await shop.add_chat()
    midnight = NOW.replace(hour=5, minute=0)
    before = await shop.add_message(chat, timestamp=midnight - timedelta(minutes=30))
    after = await shop.add_message(chat, timestamp=midnight + timedelta(minutes=30))
    async with shop.browser("ana") as ana:
        page, _ = await _bubbles(ana, chat)
    assert "Ayer" in page.text(f"message-{before}")
    assert "Hoy" in page.text(f"message-{after}")


async def test_a_quote_leads_to_its_original_and_says_when_it_is_not_here(shop: Shop) -> None:
    chat, other = await shop.add_chat(), await shop.add_chat("Diego")
    original = await shop.add_message(chat, "*Cuánto* cuesta", wamid="wamid.o")
    await shop.add_message(other, "secreto", wamid="wamid.x")
    answer = await shop.add_sent(chat, quoted_wamid="wamid.o")
    lost = await shop.add_sent(chat, quoted_wamid="wamid.x")
    async with shop.browser("ana") as ana:
        page, _ = await _bubbles(ana, chat)
    assert page.where(href=f"/chats/{chat}?mensaje={original}#message-{original}")
    assert "Cliente Cuánto cuesta" in page.text(f"message-{answer}")
    assert "Responde a un mensaje que no está aquí" in page.text(f"message-{lost}")
    assert "secreto" not in page.text("conversation")


async def test_reactions_and_the_chosen_option_are_shown_on_the_message(shop: Shop) -> None:
    chat = await shop.add_chat()
    options = [{"id": "a", "title": "Horario"}, {"id": "b", "title": "Precios", "description": "Por metro"}]
    menu = await shop.add_sent(chat, kind="list", wamid="wamid.m", details={"options": options, "button": "Ver"})
    await shop.add_message(chat, "Precios", kind="list_reply", quoted_wamid="wamid.m", details={"chosen": options[1]})
    await shop.react(chat, "wamid.m", "👍")
    async with shop.browser("ana") as ana:
        page, _ = await _bubbles(ana, chat)
    text = page.text(f"message-{menu}")
    assert "Horario Precios Por metro elegida" in text
    assert "👍" in text


async def test_every_state_of_a_sent_message_is_told_in_words(shop: Shop) -> None:
    chat = await shop.add_chat()
    words = {
        DeliveryState.QUEUED: "En espera de envío",
        DeliveryState.SENDING: "Enviando",
        DeliveryState.SENT: "Enviado",
        DeliveryState.DELIVERED: "Entregado",
        DeliveryState.READ: "Leído",
        DeliveryState.PLAYED: "Escuchado",
        DeliveryState.FAILED: "No se envió",
        DeliveryState.UNCERTAIN: "No se sabe si llegó",
        DeliveryState.CANCELLED: "Descartado",
    }
    sent = {state: await shop.add_sent(chat, status=state) for state in words}
    async with shop.browser("ana") as ana:
        page, _ = await _bubbles(ana, chat)
    for state, message in sent.items():
        assert words[state] in page.text(f"message-{message}"), state


async def test_a_failed_message_says_why_and_can_be_sent_again(shop: Shop) -> None:
    chat = await shop.add_chat()
    error: dict[str, Any] = {"error_code": 139999, "error_text": "Más del 100 % <b>raro</b>"}
    message = await shop.add_sent(chat, status=DeliveryState.FAILED, **error)
    async with shop.browser("ana") as ana:
        page, _ = await _bubbles(ana, chat)
    told = page.text(f"message-{message}")
    assert "No se envió. Meta no aceptó el mensaje: algún dato no es válido" in told
    assert "Meta dice: «Más del 100 % <b>raro</b>» (139999) Reintentar" in told
    assert page.where(hx_post=f"/mensajes/{message}/reintento")


async def test_a_code_of_metas_is_told_in_our_words_and_only_once(shop: Shop) -> None:
    chat = await shop.add_chat()
    english = "Message undeliverable · (#131026) Message undeliverable"
    known = await shop.add_sent(chat, status=DeliveryState.FAILED, error_code=131026, error_text=english)
    unnamed = await shop.add_sent(chat, status=DeliveryState.FAILED, error_code=132012, error_text="")
    async with shop.browser("ana") as ana:
        page, _ = await _bubbles(ana, chat)
    assert "No se puede entregar: el número no tiene WhatsApp" in page.text(f"message-{known}")
    assert "undeliverable" not in page.text()
    assert page.where(title=f"Meta dice: {english}")
    assert "Un dato no tiene el formato que la plantilla pide: elígela otra vez y corrígelo (132012)" in page.text(
        f"message-{unnamed}"
    )


async def test_an_edited_message_shows_what_it_said_before(shop: Shop) -> None:
    chat = await shop.add_chat()
    before = {"earlier": ["Quiero 2 metros", "Quiero \u202e3 metros"]}
    edited = await shop.add_message(chat, "Quiero 4 metros", edited_at=NOW, details=before)
    gone = await shop.add_message(
        chat, "Nada", edited_at=NOW, revoked_at=NOW, details={"earlier": ["mi clave es 1234"]}
    )
    async with shop.browser("ana") as ana:
        page, _ = await _bubbles(ana, chat)
    assert "Quiero 4 metros" in page.text(f"message-{edited}")
    assert "Editado, ver antes Quiero 2 metros Quiero [RLO]3 metros" in page.text(f"message-{edited}")
    assert "1234" not in page.text(f"message-{gone}")


async def test_signs_that_turn_the_line_around_are_written_out_in_names_of_people_and_files(shop: Shop) -> None:
    chat = await shop.add_chat("Carla \u202eamoR", alias="Clara \u202eamoR", person={"username": "car\u2066la"})
    message = await shop.add_message(chat, kind="document", details={"filename": "foto\u202egpj.exe"})
    await shop.add(CapturedAnswer, chat_id=chat, name="material", value="Gran\u202eito", at=NOW)
    async with shop.browser("ana") as ana:
        page, _ = await _bubbles(ana, chat)
    for words in ("~Carla [RLO]amoR", "@car[LRI]la", "Gran[RLO]ito"):
        assert words in page.text("facts"), words
    assert "foto[RLO]gpj.exe" in page.text(f"message-{message}")
    assert "Clara [RLO]amoR" in page.text("conversation-title")
    assert "\u202e" not in page.text()


async def test_who_reacted_is_told(shop: Shop) -> None:
    chat = await shop.add_chat()
    message = await shop.add_message(chat, wamid="wamid.m")
    for author, emoji in (("c7", "👍"), ("business", "👍"), ("u1", "🎉")):
        await shop.react(chat, "wamid.m", emoji, author)
    async with shop.browser("ana") as ana:
        page, _ = await _bubbles(ana, chat)
    text = page.text(f"message-{message}")
    assert "👍 2 Cliente y nosotros" in text
    assert "🎉 Nosotros" in text


async def test_the_way_to_an_old_message_loads_everything_down_to_it(shop: Shop) -> None:
    chat = await shop.add_chat()
    messages = [await shop.add_message(chat, f"Mensaje {n}") for n in range(150)]
    async with shop.browser("ana") as ana:
        page = await ana.get(f"/chats/{chat}?mensaje={messages[40]}")
        rest = await ana.get(f"/chats/{chat}/mensajes?antes={messages[100]}&desde={messages[30]}", "message-0-older")
    assert page.ids("message") == messages[31:]
    assert page.page.where(data_marked=f"message-{messages[40]}")
    assert not page.page.where(data_recent="")
    assert rest.ids("message") == messages[21:100]


async def test_a_message_far_back_is_shown_with_what_stands_around_it(shop: Shop, monkeypatch: Any) -> None:
    monkeypatch.setattr(timeline, "FARTHEST", 60)
    chat, other = await shop.add_chat(), await shop.add_chat("Diego")
    messages = [await shop.add_message(chat, f"Mensaje {n}") for n in range(120)]
    foreign = await shop.add_message(other, "secreto")
    async with shop.browser("ana") as ana:
        page = await ana.get(f"/chats/{chat}?mensaje={messages[40]}")
        too_far = await ana.get(f"/chats/{chat}/mensajes?antes={messages[100]}&desde={messages[2]}", "message-0-older")
        stranger = await ana.get(f"/chats/{chat}?mensaje={foreign}")
    assert page.ids("message") == messages[15:65]
    assert page.page.where(id=f"messages-{chat}-past")
    assert page.page.where(data_recent="")
    assert too_far.ids("message") == messages[50:100]
    assert "secreto" not in stranger.page.text("thread")


async def test_an_uncertain_message_offers_to_resend_or_to_give_up(shop: Shop) -> None:
    chat = await shop.add_chat()
    message = await shop.add_sent(chat, status=DeliveryState.UNCERTAIN)
    of_a_copy = await shop.add_sent(chat, status=DeliveryState.UNCERTAIN, error_text=RESTORED)
    async with shop.browser("ana") as ana:
        page, _ = await _bubbles(ana, chat)
    assert page.where(hx_post=f"/mensajes/{message}/reenvio")[0]["hx-confirm"]
    assert page.where(hx_delete=f"/mensajes/{message}/envio")
    assert "la conexión se cortó" in page.text(f"message-{message}")
    assert "se restauró una copia" in page.text(f"message-{of_a_copy}")


async def test_older_messages_come_page_by_page_without_gap_or_repeat(shop: Shop) -> None:
    chat = await shop.add_chat()
    messages = [await shop.add_message(chat, f"Mensaje {n}") for n in range(120)]
    seen: list[int] = []
    path, part = f"/chats/{chat}", ""
    async with shop.browser("ana") as ana:
        for _ in range(3):
            page = await ana.get(path, part)
            seen = page.ids("message") + seen
            links = [e["hx-get"] for e in page.page.elements if "mensajes?antes=" in e.get("hx-get", "")]
            path, part = (links or [""])[0], "message-0-older"
        plain = await ana.get(f"/chats/{chat}?hasta={messages[10]}")
    assert seen == messages
    assert path == ""
    assert plain.ids("message") == messages[:10]


async def test_the_line_of_new_messages_stands_before_the_first_unread(shop: Shop) -> None:
    chat = await shop.add_chat(unread=2)
    read = await shop.add_message(chat)
    unread = await shop.add_message(chat)
    await shop.add_sent(chat)
    await shop.add_message(chat)
    async with shop.browser("ana") as ana:
        page = await ana.get(f"/chats/{chat}")
    order = [e["id"] for e in page.page.elements if e.get("id", "").startswith("message-")]
    assert order[:3] == [f"message-{read}", f"message-{unread - 1}-new", f"message-{unread}"]


async def test_nothing_that_a_customer_writes_becomes_part_of_the_page(shop: Shop) -> None:
    """In every field that comes from outside (F50), and out of reach of htmx (F51)."""
    for payload in PAYLOADS:
        await _add_hostile_chat(shop, payload)
    async with shop.browser("beto") as beto:
        chats = (await beto.get("/")).ids("chat")
        pages = [(await beto.get(f"/chats/{chat}")).page for chat in chats]
    assert len(pages) == len(PAYLOADS)
    for page in pages:
        for element in page.elements:
            assert element.get("id") != "owned"
            assert element[""] not in {"script", "b"} or element.get("src"), element
            assert not [name for name in element if name.startswith("on")], element
            assert element.get("hx-post") != "/logout"
        for path in page.owners("__pwn"):
            assert any("hx-ignore" in element for element in path) or path[-1][""] == "title", path


async def _add_hostile_chat(shop: Shop, payload: str) -> None:
    person = {"username": payload[:90], "phone": payload[:20], "needs_review": payload[:100]}
    chat = await shop.add_chat(payload, alias=payload, person=person, preview=payload, step=payload)
    await shop.add(CapturedAnswer, chat_id=chat, name=payload[:40], value=payload, at=NOW)
    told = {
        "filename": payload,
        "errors": [{"message": payload}],
        "template": payload,
        "header": payload,
        "footer": payload,
        "button": payload,
        "fields": {payload: payload},
        "options": [{"id": payload, "title": payload, "description": payload}],
        "location": {"latitude": 1, "longitude": 2, "name": payload, "address": payload},
        "contacts": [
            {"name": payload, "organization": payload, "phones": [payload], "urls": [payload], "emails": [payload]}
        ],
        "order": {"lines": [{"product_id": payload, "quantity": payload, "currency": payload}]},
        "referral": {"headline": payload, "body": payload, "source_url": payload, "source_type": payload},
    }
    await shop.add_message(chat, payload, kind="document", details=told, mime_type=payload, wamid=f"w{chat}")
    failed: dict[str, Any] = {
        "status": DeliveryState.FAILED,
        "error_text": payload,
        "quoted_wamid": f"w{chat}",
        "step": payload,
    }
    await shop.add_sent(chat, payload, kind="template", details=told, **failed)
    await shop.add_message(chat, payload, kind=payload[:40], author="system", details=told)


async def test_the_number_of_statements_does_not_grow_with_the_messages(shop: Shop) -> None:
    chat = await shop.add_chat()
    await shop.add_message(chat, quoted_wamid="wamid.0")
    await shop.add_sent(chat, kind="list", wamid="wamid.menu")
    async with shop.browser("ana") as ana:
        await ana.get(f"/chats/{chat}")
        with shop.counting() as few:
            await ana.get(f"/chats/{chat}")
        for n in range(20):
            await shop.add_message(chat, quoted_wamid=f"wamid.{n}")
            await shop.add_sent(chat, kind="list", author="user", user_id=shop.users["ana"])
        with shop.counting() as many:
            await ana.get(f"/chats/{chat}")
    assert len(_about_messages(many)) == len(_about_messages(few)) > 0


def _about_messages(statements: list[str]) -> list[str]:
    """Without what is read now and then, such as the rules."""
    return [each for each in statements if any(table in each for table in ("mensajes", "reactions", "media", "outbox"))]


async def test_admins_read_why_the_bot_answered_as_it_did(shop: Shop) -> None:
    chat = await shop.add_chat()
    used = await shop.add(RuleRow, step="menu", triggers="horario", text="De 8 a 6")
    passed = await shop.add(RuleRow, step="menu", triggers="precio", text="x")
    trace = {
        "version": 1,
        "text": "horario",
        "chosen": [used],
        "stages": [{"stage": "rules", "outcome": "exact", "detail": "horario"}],
        "rules": [
            {"rule_id": passed, "stage": "exact", "reason": "no_trigger_equal"},
            {"rule_id": 9999, "stage": "step", "reason": "disabled"},
        ],
        "before": {"step": "menu", "misses": 1},
        "after": {"step": "horarios", "misses": 0},
    }
    decision = await shop.add(DecisionRow, turn_key="t", chat_id=chat, at=NOW, duration_us=1500, trace=trace)
    message = await shop.add_message(chat, "Horario", decision_id=decision)
    async with shop.browser("beto") as beto, shop.browser("ana") as ana:
        text = (await beto.get(f"/mensajes/{message}/porque", part="dialog")).page.text("why")
        assert (await ana.get(f"/mensajes/{message}/porque")).status == 404
        assert "porque" not in (await ana.get(f"/chats/{chat}")).html
        assert f"/mensajes/{message}/porque" in (await beto.get(f"/chats/{chat}")).html
    assert "Respondió con 1 regla." in text
    assert "El mensaje completo es igual a un disparador: horario" in text
    assert f"{used} menu horario usada" in text
    assert "precio ningún disparador es igual al mensaje" in text
    assert "9999 ya no existe está desactivada" in text
    assert "Paso menu horarios" in text


async def test_silence_is_explained_too(shop: Shop) -> None:
    chat = await shop.add_chat()
    decision = await shop.add(
        DecisionRow, turn_key="t", chat_id=chat, at=NOW, duration_us=1, silent_reason="held_by_person", trace={}
    )
    held = await shop.add_message(chat, decision_id=decision)
    waiting = await shop.add_message(chat, bot_may_run=True)
    other = await shop.add_message(chat, kind="unsupported")
    pruned = await shop.add_message(chat, decision_id=123456)
    said = {
        held: "una persona atiende",
        waiting: "todavía no ha decidido",
        other: "no decide sobre este tipo",
        pruned: "ya no se conserva",
    }
    async with shop.browser("beto") as beto:
        for message, words in said.items():
            assert words in (await beto.get(f"/mensajes/{message}/porque", part="dialog")).page.text("why")
        assert (await beto.get("/mensajes/999999/porque")).status == 404
