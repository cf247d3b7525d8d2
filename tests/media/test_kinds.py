"""What a file is comes from its bytes: names and declared types persuade nobody."""

import pytest

from tests.media.corpora import PLAYLISTS, POLYGLOTS
from waia.media.kinds import sniff

ZIP = b"PK\x03\x04" + b"\0" * 26 + b"[Content_Types].xml"


@pytest.mark.parametrize(
    ("head", "filename", "declared", "mime", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "x.png", "image/png", "image/jpeg", "image"),
        (b"\x89PNG\r\n\x1a\n", "", "", "image/png", "image"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "", "image/webp", "image/webp", "sticker"),
        (b"OggS" + b"\0" * 24 + b"OpusHead\x01\x01", "", "audio/ogg; codecs=opus", "audio/ogg", "audio"),
        (b"\0\0\0\x20ftypisom", "", "video/mp4", "video/mp4", "video"),
        (b"\0\0\0\x20ftypisom", "", "audio/mp4", "audio/mp4", "audio"),
        (b"\0\0\0\x20ftypM4A ", "", "video/mp4", "audio/mp4", "audio"),
        (b"\0\0\0\x20ftyp3gp4", "", "", "video/3gpp", "video"),
        (b"\x1a\x45\xdf\xa3" + b"\0" * 20 + b"webm", "", "audio/webm;codecs=opus", "audio/webm", "audio"),
        (b"\xff\xfb\x90\x00", "", "", "audio/mpeg", "audio"),
        (b"ID3\x04", "", "", "audio/mpeg", "audio"),
        (b"\xff\xf1\x50\x80", "", "", "audio/aac", "audio"),
        (b"#!AMR\n", "", "", "audio/amr", "audio"),
        (b"%PDF-1.7", "factura.pdf", "application/pdf", "application/pdf", "document"),
        (ZIP + b"word/document.xml", "", "",
         "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "document"),
        (ZIP, "tabla.xlsx", "", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "document"),
        (b"PK\x03\x04rest", "x.docx", "", "application/zip", "document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "viejo.doc", "", "application/msword", "document"),
        ("Mañana a las 3".encode(), "nota.txt", "", "text/plain", "document"),
        (b"a,b\n1,2\n", "x.csv", "text/plain", "text/csv", "document"),
        (b"\x00\x01\x02", "x.jpg", "image/jpeg", "application/octet-stream", "document"),
    ],
)  # fmt: skip
def test_a_file_is_what_its_bytes_say(head: bytes, filename: str, declared: str, mime: str, kind: str) -> None:
    found = sniff(head, filename=filename, declared=declared)
    assert (found.mime, found.kind) == (mime, kind)


@pytest.mark.parametrize("name", ["html", "html_after_spaces", "html_with_bom", "svg", "svg_after_text", "script",
                                  "exe", "empty", "html_in_utf16", "pdf_html"])  # fmt: skip
def test_svg_html_never_inline(name: str) -> None:
    """I14: whatever it calls itself."""
    assert not sniff(POLYGLOTS[name], filename="foto.jpg", declared="image/jpeg").is_inline


@pytest.mark.parametrize("name", PLAYLISTS)
def test_a_playlist_is_not_taken_for_sound(name: str) -> None:
    """I27, F40."""
    found = sniff(PLAYLISTS[name].encode(), filename="nota.ogg", declared="audio/ogg; codecs=opus")
    assert found.kind == "document"
    assert not found.is_inline
