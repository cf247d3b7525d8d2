"""The smallest files that pass for what they are."""

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
PNG_16_BIT = PNG[:24] + b"\x10" + PNG[25:]
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"
PDF = b"%PDF-1.7\n"
OGG = b"OggS\x00\x02" + b"\x00" * 22 + b"OpusHead\x01\x01" + b"\x00" * 9
OGG_STEREO = OGG.replace(b"OpusHead\x01\x01", b"OpusHead\x01\x02")
MP4 = b"\x00\x00\x00\x18ftypmp42"
WEBM = b"\x1a\x45\xdf\xa3"
DOCX = b"PK\x03\x04word"
DOC = b"\xd0\xcf\x11\xe0"
AMR = b"#!AMR\n"
AAC = b"\xff\xf1\x50\x80"
MP3 = b"ID3\x04"
OOXML = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def webp(width: int, height: int, *, animated: bool = False, padding: int = 0) -> bytes:
    flags = 0x02 if animated else 0x00
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + b"\x0a\x00\x00\x00" + bytes([flags]) + b"\x00\x00\x00" + canvas + b"\x00" * padding
    return b"RIFF" + len(body).to_bytes(4, "little") + body
