"""Reads a multipart/form-data body that is in memory already (uploads are small enough)."""

from dataclasses import dataclass
from email.message import Message

from waia.simulator.graph_errors import GraphError


@dataclass(frozen=True, slots=True)
class Part:
    content: bytes
    content_type: str | None
    filename: str | None


def read_parts(body: bytes, content_type: str) -> dict[str, Part]:
    """Parts by name; a boundary cannot occur inside a part, so splitting is enough."""
    header = Message()
    header["content-type"] = content_type
    boundary = header.get_param("boundary")
    if header.get_content_type() != "multipart/form-data" or not isinstance(boundary, str):
        raise GraphError(100, "The upload must be multipart/form-data.")
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary.encode("latin-1"))
    if not pieces[-1].startswith(b"--"):
        raise GraphError(100, "The multipart body is not complete.")
    return dict(_part(piece) for piece in pieces[1:-1])


def _part(piece: bytes) -> tuple[str, Part]:
    head, separator, content = piece.partition(b"\r\n\r\n")
    if not separator:
        raise GraphError(100, "A part of the multipart body has no headers.")
    headers = Message()
    for line in head.decode("utf-8", "replace").strip().split("\r\n"):
        name, _, value = line.partition(":")
        headers[name.strip()] = value.strip()
    field = headers.get_param("name", header="content-disposition")
    content_type = headers.get_content_type() if "content-type" in headers else None
    return str(field), Part(content, content_type, headers.get_filename())
