"""Turns what the bot wants to say into what WhatsApp can carry, and says when WhatsApp would refuse it."""

from collections.abc import Callable
from pathlib import PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit

from waia.bot.models import Media, Menu, Reply, RuleKind
from waia.whatsapp.content import (
    Audio,
    Button,
    Buttons,
    Content,
    Document,
    Header,
    Image,
    ListMenu,
    Row,
    Section,
    Text,
    Video,
)
from waia.whatsapp.cutting import TEXT_LIMIT, in_parts
from waia.whatsapp.limits import as_numbered_text, breaches

DEFAULT_HEADER, DEFAULT_BUTTON = "Menú", "Ver opciones"


def contents_of(reply: Reply, base_url: str) -> list[Content]:
    """What a reply is sent as: one message, or several where a text is longer than WhatsApp takes."""
    content = content_of(reply, base_url)
    if not isinstance(content, Text):
        return [content]
    return [Text(body=part, preview_url=content.preview_url) for part in in_parts(content.body, TEXT_LIMIT)]


def content_of(reply: Reply, base_url: str) -> Content:
    """The content of a reply. A menu that WhatsApp would refuse is text with numbered options (`Reply.numbered`)."""
    if reply.menu is not None:
        menu = _menu(reply, reply.menu)
        return as_numbered_text(menu) if reply.numbered else menu
    if reply.media is not None:
        return _media(reply, reply.media, base_url)
    return Text(body=reply.text)


def refusal_for(base_url: str) -> Callable[[Reply], str | None]:
    """Says which limit of Meta's a reply breaks, None when it may be sent as it is."""

    def refusal(reply: Reply) -> str | None:
        found = breaches(content_of(reply, base_url))
        return f"{found[0].field}:{found[0].code}" if found else None

    return refusal


def _menu(reply: Reply, menu: Menu) -> ListMenu | Buttons:
    if reply.kind is RuleKind.BUTTONS:
        buttons = tuple(Button(option.id, option.title) for option in menu.options)
        return Buttons(reply.text, buttons, header=Header(text=menu.header), footer=menu.footer)
    sections = tuple(
        Section(
            tuple(Row(option.id, option.title, option.description) for option in section.options),
            section.title,
        )
        for section in menu.sections
    )
    rows = tuple(Row(option.id, option.title, option.description) for option in menu.options)
    return ListMenu(
        reply.text,
        menu.button or DEFAULT_BUTTON,
        sections or (Section(rows),),
        header=menu.header or DEFAULT_HEADER,
        footer=menu.footer,
    )


def _media(reply: Reply, media: Media, base_url: str) -> Content:
    """By our own file where there is one, else by its address, which Meta fetches."""
    link = urljoin(f"{base_url}/", media.url) if media.url.startswith("/") else media.url
    address, file_id = (link, None) if media.file_id is None else (None, media.file_id)
    match reply.kind:
        case RuleKind.IMAGE:
            return Image(link=address, file_id=file_id, caption=reply.text)
        case RuleKind.VIDEO:
            return Video(link=address, file_id=file_id, caption=reply.text)
        case RuleKind.AUDIO:
            return Audio(link=address, file_id=file_id)
        case _:
            name = unquote(PurePosixPath(urlsplit(link).path).name)
            return Document(link=address, file_id=file_id, caption=reply.text, filename=name)
