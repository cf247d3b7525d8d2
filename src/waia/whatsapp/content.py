"""What can be sent: one frozen value per kind, stored as JSON in the outbox row.

A file is named by its address (`link`), by Meta's id (`media_id`) or by ours (`file_id`), which the sender uploads.
"""

import msgspec

from waia.whatsapp.template import Component


class Text(msgspec.Struct, frozen=True, tag="text"):
    body: str
    preview_url: bool = True


class Image(msgspec.Struct, frozen=True, tag="image"):
    link: str | None = None
    media_id: str | None = None
    file_id: int | None = None
    caption: str = ""


class Video(msgspec.Struct, frozen=True, tag="video"):
    link: str | None = None
    media_id: str | None = None
    file_id: int | None = None
    caption: str = ""


class Audio(msgspec.Struct, frozen=True, tag="audio"):
    """`voice` shows it as a recorded note; only for ogg with opus."""

    link: str | None = None
    media_id: str | None = None
    file_id: int | None = None
    voice: bool = False


class Document(msgspec.Struct, frozen=True, tag="document"):
    link: str | None = None
    media_id: str | None = None
    file_id: int | None = None
    caption: str = ""
    filename: str = ""


class Sticker(msgspec.Struct, frozen=True, tag="sticker"):
    link: str | None = None
    media_id: str | None = None
    file_id: int | None = None


class Location(msgspec.Struct, frozen=True, tag="location"):
    latitude: float
    longitude: float
    name: str = ""
    address: str = ""


class CardPhone(msgspec.Struct, frozen=True):
    phone: str
    kind: str = ""
    wa_id: str | None = None


class Card(msgspec.Struct, frozen=True):
    formatted_name: str
    first_name: str = ""
    last_name: str = ""
    phones: tuple[CardPhone, ...] = ()
    emails: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    company: str = ""
    title: str = ""
    birthday: str = ""


class Contacts(msgspec.Struct, frozen=True, tag="contacts"):
    cards: tuple[Card, ...]


class Reaction(msgspec.Struct, frozen=True, tag="reaction"):
    """An empty `emoji` takes our reaction off again."""

    message_id: str
    emoji: str = ""


class HeaderMedia(msgspec.Struct, frozen=True):
    kind: str
    link: str | None = None
    media_id: str | None = None
    file_id: int | None = None
    filename: str = ""


class Header(msgspec.Struct, frozen=True):
    """Either a text or one image, video or document."""

    text: str = ""
    media: HeaderMedia | None = None


class Button(msgspec.Struct, frozen=True):
    id: str
    title: str


class Buttons(msgspec.Struct, frozen=True, tag="buttons"):
    body: str
    buttons: tuple[Button, ...]
    header: Header = Header()
    footer: str = ""


class Row(msgspec.Struct, frozen=True):
    id: str
    title: str
    description: str = ""


class Section(msgspec.Struct, frozen=True):
    rows: tuple[Row, ...]
    title: str = ""


class ListMenu(msgspec.Struct, frozen=True, tag="list"):
    body: str
    button: str
    sections: tuple[Section, ...]
    header: str = ""
    footer: str = ""

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for section in self.sections for row in section.rows)


class CtaUrl(msgspec.Struct, frozen=True, tag="cta_url"):
    body: str
    label: str
    url: str
    header: Header = Header()
    footer: str = ""


class Flow(msgspec.Struct, frozen=True, tag="flow"):
    """A form. Named by `flow_id` or `flow_name`; `screen` is where it opens (not for data_exchange)."""

    body: str
    label: str
    flow_id: str = ""
    flow_name: str = ""
    token: str = ""
    screen: str = ""
    values: dict[str, str] = {}
    draft: bool = False
    data_exchange: bool = False
    header: Header = Header()
    footer: str = ""


class LocationRequest(msgspec.Struct, frozen=True, tag="location_request"):
    body: str


class ContactRequest(msgspec.Struct, frozen=True, tag="contact_request"):
    """Asks a person who hides their number to share it."""

    body: str


class Shown(msgspec.Struct, frozen=True):
    """A template as the customer reads it, for our own screens. `media` is the kind of its header, `link` its file."""

    header: str = ""
    body: str = ""
    footer: str = ""
    buttons: tuple[str, ...] = ()
    media: str = ""
    link: str = ""
    cards: tuple["Shown", ...] = ()


class Template(msgspec.Struct, frozen=True, tag="template"):
    name: str
    language: str
    components: tuple[Component, ...] = ()
    shown: Shown | None = None


Media = Image | Video | Audio | Document | Sticker
Content = (
    Text
    | Image
    | Video
    | Audio
    | Document
    | Sticker
    | Location
    | Contacts
    | Reaction
    | Buttons
    | ListMenu
    | CtaUrl
    | Flow
    | LocationRequest
    | ContactRequest
    | Template
)


_decoder: msgspec.json.Decoder[Content] = msgspec.json.Decoder(Content)


def content_to_json(content: Content) -> bytes:
    return msgspec.json.encode(content)


def content_from_json(stored: bytes | str) -> Content:
    """Raises `msgspec.DecodeError` for what `content_to_json` did not write."""
    return _decoder.decode(stored)
