"""What a notification says: who waits, and only if the owner wants it, what they wrote."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from waia.chats.panel.viewmodels import ChatRow
from waia.kit.i18n import N_, translator

LONGEST = 200
WAITS_LONG = N_("%(name)s espera desde hace %(minutes)s min")
UNREADABLE = N_("Llegó un aviso que no se pudo leer; quedó guardado.")
CONDITIONS = {
    "inbox_waits": N_(
        "Los mensajes que llegan esperan más de %(value)s min a que waia los lea. ¿Está en marcha «waia work»?"
    ),
    "outbox_waits": N_(
        "Hay mensajes que esperan más de %(value)s min para salir. Revisa la conexión del servidor con WhatsApp."
    ),
    "sends_fail": N_("Fallaron %(value)s envíos o más en media hora. En cada chat, el mensaje rojo dice por qué."),
    "disk_low": N_("Queda poco espacio en el disco de waia: %(value)s MB. Libera espacio antes de que se llene."),
    "token_refused": N_(
        "waia no puede enviar: META_TOKEN falta, o Meta no lo acepta. En Configuración → Salud dice qué hacer."
    ),
    "media_unwritable": N_("waia no puede escribir en MEDIA_ROOT: los archivos de los clientes no se guardan."),
    "voice_model_misplaced": N_("En VOICE_MODEL_PATH no hay un modelo de voz: las notas de voz llegan sin texto."),
    "disk_full": N_("El disco de waia está lleno (%(value)s MB): no se reciben mensajes. Libera espacio ahora."),
}
WAITS = N_("%(name)s espera respuesta")
NAMELESS = N_("Usuario …%(tail)s")


class Notice(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the service worker of the browser reads. `address`: what it opens where that is not the chat."""

    title: str
    body: str
    chat: int
    address: str = ""


def notice(row: ChatRow, language: str, *, with_text: bool) -> bytes:
    say = translator(language).gettext
    name = row.person.name or say(NAMELESS) % {"tail": row.person.tail}
    said = row.preview if with_text and row.preview_author == "customer" else ""
    body = f"{name}: {said}" if said else say(WAITS) % {"name": name}
    return msgspec.json.encode(Notice("waia", body[:LONGEST], row.id))


def late_notice(rows: Sequence[ChatRow], language: str, now: datetime) -> bytes:
    """Of one chat who waits and how long, of several how many."""
    words = translator(language)
    if len(rows) > 1:
        many = words.ngettext("%(num)s cliente espera hace rato", "%(num)s clientes esperan hace rato", len(rows))
        count = many % {"num": len(rows)}
        return msgspec.json.encode(Notice("waia", count, 0, "/?vista=sin_responder"))
    (row,) = rows
    name = row.person.name or words.gettext(NAMELESS) % {"tail": row.person.tail}
    minutes = int((now - (row.waiting_since or now)) / timedelta(minutes=1))
    body = words.gettext(WAITS_LONG) % {"name": name, "minutes": minutes}
    return msgspec.json.encode(Notice("waia", body[:LONGEST], row.id))


def account_notice(alerts: Sequence[Any], language: str) -> bytes:
    """For admins: the first of them in words."""
    body = alert_words(alerts[0].kind, alerts[0].text, language)
    return msgspec.json.encode(Notice("waia", body[:LONGEST], 0, "/"))


def alert_words(kind: str, text: str, language: str) -> str:
    """What waia notices of itself in the reader's language; what Meta says as it says it."""
    say = translator(language).gettext
    if kind in CONDITIONS:
        return say(CONDITIONS[kind]) % {"value": text}
    return text or say(UNREADABLE)
