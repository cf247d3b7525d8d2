"""What a request wants of the panel: the whole page, or the part that htmx is about to replace."""

from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum

from litestar.connection import ASGIConnection

from waia.chats.panel.listing import Listing, read_listing

LONGEST_WORDS = 200


class Part(StrEnum):
    """The values are ids of elements; `PAGE` is none of them."""

    PAGE = ""
    CONVERSATION = "conversation"
    LIST = "chat-zone"
    RESULTS = "chat-results"
    MORE_ROWS = "more-chats"
    MORE_HITS = "more-hits"


@dataclass(frozen=True, slots=True)
class Asked:
    """`listing`, `words`: which chats the list holds. `after`: the key of the last row that is already there.

    `hits_before`: the last message that a search has shown. `before` and `message` say where in the conversation to
    stand: above a message, or around one; `words_here` are looked for in it.
    """

    part: Part
    listing: Listing
    words: str
    hits_before: int | None
    after: str
    before: int | None
    message: int | None
    show_facts: bool
    words_here: str


def asked(request: ASGIConnection, zone: tzinfo) -> Asked:  # type: ignore[type-arg]
    """Odd values in an address are as good as none."""
    query = request.query_params
    return Asked(
        part=_part(request),
        listing=read_listing(query, zone),
        words=query.get("q", "")[:LONGEST_WORDS].lstrip(),
        hits_before=read_number(query.get("antes_de", "")),
        after=query.get("antes", ""),
        before=read_number(query.get("hasta", "")),
        message=read_number(query.get("mensaje", "")),
        show_facts=query.get("ficha") == "1",
        words_here=query.get("buscar", "")[:LONGEST_WORDS],
    )


def read_number(told: str) -> int | None:
    """An id as an address tells it, or None."""
    return int(told) if told.isascii() and told.isdigit() and len(told) < 19 else None


def _part(request: ASGIConnection) -> Part:  # type: ignore[type-arg]
    if "hx-request" not in request.headers:
        return Part.PAGE
    target = request.headers.get("hx-target", "").partition("#")[2]
    return Part(target) if target in set(Part) else Part.PAGE
