"""Splits a text as WhatsApp draws it: *bold*, _italic_, ~struck~, ```mono``` and links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MARKED = re.compile(
    r"```(?P<mono>.+?)```"
    r"|(?<!\w)\*(?P<bold>[^\s*](?:[^*\n]*[^\s*])?)\*(?!\w)"
    r"|(?<!\w)_(?P<italic>[^\s_](?:[^_\n]*[^\s_])?)_(?!\w)"
    r"|(?<!\w)~(?P<strike>[^\s~](?:[^~\n]*[^\s~])?)~(?!\w)"
    r"|(?P<link>https?://[^\s<>\"]+[^\s<>\".,;:!?)])",
    re.DOTALL,
)
_NOT_EMOJI = re.compile(r"[\w\s!-~¡¿«»“”‘’–—…·\u0590-\u08ff]")
MOST_LARGE_EMOJI = 12


@dataclass(frozen=True, slots=True)
class Piece:
    """`kind` is text, bold, italic, strike, mono or link."""

    kind: str
    text: str


def pieces(text: str) -> tuple[Piece, ...]:
    return tuple(_pieces(text))


def is_only_emoji(text: str) -> bool:
    """A few emoji by themselves are drawn large."""
    return 0 < len(text) <= MOST_LARGE_EMOJI and _NOT_EMOJI.search(text) is None


def _pieces(text: str) -> Iterator[Piece]:
    end = 0
    for found in _MARKED.finditer(text):
        if found.start() > end:
            yield Piece("text", text[end : found.start()])
        kind = found.lastgroup or "text"
        yield Piece(kind, found[kind])
        end = found.end()
    if end < len(text):
        yield Piece("text", text[end:])
