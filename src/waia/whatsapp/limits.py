"""Meta's limits, checked before sending; a menu that breaks one goes out as numbered text instead."""

import re
from collections.abc import Iterable, Iterator

from waia.whatsapp import template
from waia.whatsapp.breaches import Breach, BreachCode, describe
from waia.whatsapp.content import (
    Audio,
    Buttons,
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
    Media,
    Reaction,
    Sticker,
    Template,
    Text,
    Video,
)
from waia.whatsapp.cutting import TEXT_LIMIT, units
from waia.whatsapp.numbered import as_numbered_text

__all__ = ["Breach", "BreachCode", "as_numbered_text", "breaches", "describe"]

CAPTION, BODY, LIST_BODY = 1024, 1024, 4096
HEADER, FOOTER, LABEL = 60, 60, 20
BUTTONS, BUTTON_ID, BUTTON_TITLE = 3, 256, 20
SECTIONS, ROWS, SECTION_TITLE, ROW_ID, ROW_TITLE, ROW_DESCRIPTION = 10, 10, 24, 200, 24, 72
CARDS, TEMPLATE_BUTTONS, LANGUAGE_CODE, MESSAGE_ID = 257, 10, 20, 1000
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_TEMPLATE_NAME = re.compile(r"[a-z0-9_]{1,512}")


def breaches(content: Content) -> tuple[Breach, ...]:
    """Every limit of Meta's that this content breaks; empty when it may be sent."""
    return tuple(_breaches(content))


def _breaches(content: Content) -> Iterator[Breach]:
    match content:
        case Text():
            yield from _length("body", content.body, TEXT_LIMIT, required=True)
        case Image() | Video() | Audio() | Document() | Sticker():
            yield from _media(content)
        case Location():
            yield from _location(content)
        case Contacts():
            yield from _contacts(content)
        case Reaction():
            yield from _length("message_id", content.message_id, MESSAGE_ID, required=True)
        case Template():
            yield from _template(content)
        case Buttons():
            yield from _buttons(content)
        case ListMenu():
            yield from _list(content)
        case CtaUrl() | Flow():
            yield from _call_to_action(content)
        case _:
            yield from _length("body", content.body, BODY, required=True)


def _media(content: Media) -> Iterator[Breach]:
    yield from _source(content)
    if isinstance(content, Image | Video | Document):
        yield from _length("caption", content.caption, CAPTION)


def _source(content: Media | HeaderMedia) -> Iterator[Breach]:
    if content.media_id or content.file_id:
        return
    if not content.link:
        yield Breach("media", 1, 0, BreachCode.NO_SOURCE)
    else:
        yield from _link("media", content.link)


def _link(field: str, link: str) -> Iterator[Breach]:
    if not _LINK.fullmatch(link):
        yield Breach(field, 0, units(link), BreachCode.NOT_A_LINK)


def _location(content: Location) -> Iterator[Breach]:
    for field, value, limit in (("latitude", content.latitude, 90), ("longitude", content.longitude, 180)):
        if not -limit <= value <= limit:
            yield Breach(field, limit, round(value) if abs(value) < 1e9 else 0, BreachCode.OUT_OF_RANGE)


def _contacts(content: Contacts) -> Iterator[Breach]:
    yield from _count("cards", len(content.cards), CARDS)
    for position, card in enumerate(content.cards, 1):
        yield from _length("card_name", card.formatted_name, BODY, position, required=True)


def _template(content: Template) -> Iterator[Breach]:
    if not _TEMPLATE_NAME.fullmatch(content.name):
        yield Breach("template_name", 512, units(content.name), BreachCode.NOT_ALLOWED)
    yield from _length("template_language", content.language, LANGUAGE_CODE, required=True)
    buttons = [part for part in content.components if isinstance(part, template.Button)]
    if len(buttons) > TEMPLATE_BUTTONS:
        yield Breach("buttons", TEMPLATE_BUTTONS, len(buttons), BreachCode.TOO_MANY)
    for part in content.components:
        if isinstance(part, template.Header | template.Body):
            limit = HEADER if isinstance(part, template.Header) else BODY
            for position, value in enumerate(part.values, 1):
                if isinstance(value, template.TextValue):
                    yield from _length("template_value", value.text, limit, position, required=True)


def _buttons(content: Buttons) -> Iterator[Breach]:
    yield from _frame(content.body, BODY, content.header, content.footer)
    yield from _count("buttons", len(content.buttons), BUTTONS)
    yield from _ids("button_id", [button.id for button in content.buttons], BUTTON_ID)
    for position, button in enumerate(content.buttons, 1):
        yield from _length("button_title", button.title, BUTTON_TITLE, position, required=True)
    yield from _unique("button_title", [button.title.strip() for button in content.buttons])


def _list(content: ListMenu) -> Iterator[Breach]:
    yield from _frame(content.body, LIST_BODY, Header(text=content.header), content.footer)
    yield from _length("list_button", content.button, LABEL, required=True)
    yield from _count("sections", len(content.sections), SECTIONS)
    yield from _count("rows", len(content.rows), ROWS)
    yield from _sections(content)
    yield from _ids("row_id", [row.id for row in content.rows], ROW_ID)
    for position, row in enumerate(content.rows, 1):
        yield from _length("row_title", row.title, ROW_TITLE, position, required=True)
        yield from _length("row_description", row.description, ROW_DESCRIPTION, position)


def _sections(content: ListMenu) -> Iterator[Breach]:
    several = len(content.sections) > 1
    for position, section in enumerate(content.sections, 1):
        yield from _length("section_title", section.title, SECTION_TITLE, position, required=several)
        if not section.rows:
            yield Breach("section", 1, 0, BreachCode.TOO_FEW, position)


def _call_to_action(content: CtaUrl | Flow) -> Iterator[Breach]:
    yield from _frame(content.body, BODY, content.header, content.footer)
    yield from _length("label", content.label, LABEL, required=True)
    if isinstance(content, CtaUrl):
        yield from _link("url", content.url)
    elif not (content.flow_id or content.flow_name):
        yield Breach("flow", 1, 0, BreachCode.EMPTY)


def _frame(body: str, body_limit: int, header: Header, footer: str) -> Iterator[Breach]:
    yield from _length("body", body, body_limit, required=True)
    yield from _length("header", header.text, HEADER)
    if header.media is not None:
        yield from _source(header.media)
    yield from _length("footer", footer, FOOTER)


def _length(
    field: str, text: str, limit: int, position: int | None = None, *, required: bool = False
) -> Iterator[Breach]:
    if required and not text.strip():
        yield Breach(field, limit, 0, BreachCode.EMPTY, position)
    elif units(text) > limit:
        yield Breach(field, limit, units(text), BreachCode.TOO_LONG, position)


def _count(field: str, actual: int, most: int) -> Iterator[Breach]:
    if actual < 1:
        yield Breach(field, 1, actual, BreachCode.TOO_FEW)
    elif actual > most:
        yield Breach(field, most, actual, BreachCode.TOO_MANY)


def _ids(field: str, ids: list[str], limit: int) -> Iterator[Breach]:
    for position, each in enumerate(ids, 1):
        yield from _length(field, each, limit, position, required=True)
        if each.strip() and each != each.strip():
            yield Breach(field, limit, units(each), BreachCode.BLANK_EDGES, position)
    yield from _unique(field, ids)


def _unique(field: str, values: Iterable[str]) -> Iterator[Breach]:
    seen: set[str] = set()
    for position, value in enumerate(values, 1):
        if value and value in seen:
            yield Breach(field, 1, 2, BreachCode.REPEATED, position)
        seen.add(value)
