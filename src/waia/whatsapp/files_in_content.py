"""Which of our files a content names, and the same content with Meta's ids in their place."""

import re
from collections.abc import Iterator, Mapping

import msgspec

from waia.whatsapp import template
from waia.whatsapp.content import (
    Audio,
    Buttons,
    Content,
    CtaUrl,
    Document,
    Flow,
    HeaderMedia,
    Image,
    Media,
    Sticker,
    Template,
    Video,
)

_NAMED = re.compile(r'"file_id":\d')


def may_name_files(stored: str) -> bool:
    """A quick look at a stored content: inside a text the quotes would be escaped."""
    return _NAMED.search(stored) is not None


def file_id_of(content: Content) -> int | None:
    """The file of a media message, or of a menu's or a template's header."""
    match content:
        case Image() | Video() | Audio() | Document() | Sticker():
            return content.file_id
        case Buttons() | CtaUrl() | Flow():
            return content.header.media.file_id if content.header.media else None
        case Template():
            return next((value.file_id for value in _media_values(content) if value.file_id is not None), None)
        case _:
            return None


def with_graph_ids(content: Content, graph_ids: Mapping[int, str]) -> Content:
    """Raises KeyError for a file that Meta does not have."""
    match content:
        case Image() | Video() | Audio() | Document() | Sticker():
            return msgspec.structs.replace(content, **_source(content, graph_ids))
        case Buttons() | CtaUrl() | Flow() if content.header.media is not None:
            media = msgspec.structs.replace(content.header.media, **_source(content.header.media, graph_ids))
            return msgspec.structs.replace(content, header=msgspec.structs.replace(content.header, media=media))
        case Template() if file_id_of(content) is not None:
            components = tuple(_with_graph_id(part, graph_ids) for part in content.components)
            return msgspec.structs.replace(content, components=components)
        case _:
            return content


def _media_values(content: Template) -> Iterator[template.MediaValue]:
    for part in content.components:
        if isinstance(part, template.Header):
            yield from (value for value in part.values if isinstance(value, template.MediaValue))


def _with_graph_id(part: template.Component, graph_ids: Mapping[int, str]) -> template.Component:
    if not isinstance(part, template.Header):
        return part
    values = (
        msgspec.structs.replace(value, **_source(value, graph_ids)) if isinstance(value, template.MediaValue) else value
        for value in part.values
    )
    return template.Header(tuple(values))


def _source(holder: Media | HeaderMedia | template.MediaValue, graph_ids: Mapping[int, str]) -> dict[str, str | None]:
    return {} if holder.file_id is None else {"media_id": graph_ids[holder.file_id], "file_id": None}
