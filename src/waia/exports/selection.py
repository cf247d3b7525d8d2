"""Which chats a file is made of: those that were marked, those of a list, those with answers; and what it tells."""

from enum import StrEnum
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import ColumnElement

from waia.chats.panel.listing import Listing, read_listing
from waia.chats.panel.repository import in_listing
from waia.exports.repository import one_of, with_answers
from waia.kit.errors import Invalid
from waia.kit.i18n import N_

MOST_PICKED = 200
LONGEST_QUERY = 500
NONE_PICKED = N_("Marca al menos un chat.")
TOO_MANY = N_("Se pueden marcar hasta 200 chats. Para más, exporta la lista.")


class Kind(StrEnum):
    """One row per chat, one per message, or one per chat with what its customer answered."""

    CHATS = "chats"
    MESSAGES = "mensajes"
    ANSWERS = "respuestas"


class Form(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


class Selection(msgspec.Struct, frozen=True):
    """`chats`: those that were marked. Else `query` is the address of a list, as the panel writes it; with neither all
    chats, archived ones too. `name` and `words` narrow chats with answers."""

    chats: list[int] = []
    query: str = ""
    everything: bool = False
    answered: bool = False
    name: str = ""
    words: str = ""

    def listing(self, zone: ZoneInfo) -> Listing:
        return read_listing(dict(parse_qsl(self.query)), zone)

    def wanted(self, user_id: int, zone: ZoneInfo) -> list[ColumnElement[bool]]:
        """Beside the gate, which every statement asks."""
        found: list[ColumnElement[bool]] = []
        if self.chats:
            found.append(one_of(self.chats))
        elif not self.everything:
            found += in_listing(self.listing(zone), user_id)
        if self.answered:
            found.append(with_answers(self.name, self.words))
        return found


class Which(StrEnum):
    PICKED = "marcados"
    LISTED = "lista"
    ALL = "todos"


class Order(msgspec.Struct, frozen=True):
    """What the form sends."""

    que: Which = Which.LISTED
    filas: Kind = Kind.CHATS
    formato: Form = Form.XLSX
    chats: list[int] = []
    lista: str = ""
    dato: str = ""
    texto: str = ""

    def selection(self) -> Selection:
        """Raises Invalid."""
        if self.filas is Kind.ANSWERS:
            return Selection(everything=True, answered=True, name=self.dato[:40], words=self.texto[:200].strip())
        if self.que is Which.ALL:
            return Selection(everything=True)
        if self.que is Which.LISTED:
            return Selection(query=urlencode(parse_qsl(self.lista[:LONGEST_QUERY])))
        if not self.chats:
            raise Invalid({"chats": NONE_PICKED})
        if len(self.chats) > MOST_PICKED:
            raise Invalid({"chats": TOO_MANY})
        return Selection(chats=sorted(set(self.chats)))
