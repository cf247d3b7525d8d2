"""What a notification says: who waits, and only if the owner wants it, what they wrote."""

import msgspec

from waia.chats.panel.viewmodels import ChatRow
from waia.kit.i18n import N_, translator

LONGEST = 200
WAITS = N_("%(name)s espera respuesta")
NAMELESS = N_("Usuario …%(tail)s")


class Notice(msgspec.Struct, frozen=True):
    """What the service worker of the browser reads."""

    title: str
    body: str
    chat: int


def notice(row: ChatRow, language: str, *, with_text: bool) -> bytes:
    say = translator(language).gettext
    name = row.person.name or say(NAMELESS) % {"tail": row.person.tail}
    said = row.preview if with_text and row.preview_author == "customer" else ""
    body = f"{name}: {said}" if said else say(WAITS) % {"name": name}
    return msgspec.json.encode(Notice("waia", body[:LONGEST], row.id))
