"""What a quick reply is sent as: its text and its files, in the order of the table."""

from collections.abc import Iterator, Sequence
from mimetypes import guess_type
from urllib.parse import urljoin, urlsplit

from waia.quick_replies.models import QuickReplyMedia
from waia.quick_replies.values import file_name
from waia.whatsapp.content import Audio, Content, Document, Image, Text, Video
from waia.whatsapp.cutting import TEXT_LIMIT, in_parts, units
from waia.whatsapp.limits import CAPTION


def contents_of(text: str, medias: Sequence[QuickReplyMedia], base_url: str) -> Iterator[Content]:
    """The first file carries the text; a sound has no caption and a long text does not fit: then it goes ahead."""
    caption = text if medias and _kind(medias[0]) != "audio" and units(text) <= CAPTION else ""
    if text and not caption:
        yield from (Text(part) for part in in_parts(text, TEXT_LIMIT))
    for media in medias:
        yield _content(media, caption, base_url)
        caption = ""


def _content(media: QuickReplyMedia, caption: str, base_url: str) -> Content:
    """By our own file where there is one, else by its address, which Meta fetches."""
    link = urljoin(f"{base_url}/", media.url) if media.url.startswith("/") else media.url
    address = link if media.file_id is None else None
    match _kind(media):
        case "image":
            return Image(link=address, file_id=media.file_id, caption=caption)
        case "video":
            return Video(link=address, file_id=media.file_id, caption=caption)
        case "audio":
            return Audio(link=address, file_id=media.file_id)
        case _:
            return Document(link=address, file_id=media.file_id, caption=caption, filename=file_name(link))


def _kind(media: QuickReplyMedia) -> str:
    mime = media.mime_type or guess_type(urlsplit(media.url).path)[0] or ""
    return mime.partition("/")[0]
