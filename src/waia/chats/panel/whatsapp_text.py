"""Reads WhatsApp's formatting (*b* _i_ ~s~ `code` ```mono```) and links into pieces that a template escapes.

One pass, linear in the length of the text: a customer's message may be 65,536 characters of anything.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

PieceKind = Literal["text", "bold", "italic", "strike", "code", "block", "link", "control"]
MARKS: dict[str, PieceKind] = {"*": "bold", "_": "italic", "~": "strike"}
# Invisible characters that turn the reading direction around: shown by name, so that nobody is misled.
CONTROLS = {
    "\u202a": "LRE", "\u202b": "RLE", "\u202c": "PDF", "\u202d": "LRO", "\u202e": "RLO",
    "\u2066": "LRI", "\u2067": "RLI", "\u2068": "FSI", "\u2069": "PDI",
}  # fmt: skip
_SHOWN_CONTROLS = str.maketrans({sign: f"[{name}]" for sign, name in CONTROLS.items()})
_FENCE = re.compile(r"```(?P<block>(?!```).+?)```", re.DOTALL)
_ATOM = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|(?P<link>\b(?:https?://|www\.)[^\s<>\"'`\u202a-\u202e\u2066-\u2069]+)"
    r"|(?P<mail>(?<![\w.+-])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6})"
    r"|(?P<control>[\u202a-\u202e\u2066-\u2069])"
    r"|(?P<mark>[*_~])",
    re.IGNORECASE,
)
_AFTER_LINK = ".,;:!?)]}*_~…"
_LONGEST_LINK = 2_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text, or formatting around other pieces. `target` is the address of a link, or a control's name."""

    kind: PieceKind
    text: str = ""
    target: str = ""
    parts: tuple["Piece", ...] = ()


def pieces(text: str) -> tuple[Piece, ...]:
    """The text as pieces; joined, their texts and marks are the text again, nothing is dropped."""
    return tuple(_merged(_blocks(text)))


def plain(text: str) -> str:
    """The words without formatting, on one line: for previews and quotes."""
    return " ".join("".join(_words(pieces(text))).split())


def revealed(text: str) -> str:
    """A name on one line, with the signs that turn it around written out: `fact[RLO]gpj.exe`."""
    return " ".join(unturned(text).split())


def unturned(text: str) -> str:
    """The text with those signs written out, its lines as they were."""
    return text.translate(_SHOWN_CONTROLS)


def _words(found: tuple[Piece, ...]) -> Iterator[str]:
    for piece in found:
        yield piece.text
        yield from _words(piece.parts)


def is_safe_link(address: str) -> bool:
    """Whether a link may be put into a page: only the schemes that a customer may send us to."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme.lower() in {"tel", "mailto"} or (
        parts.scheme.lower() in {"http", "https"} and bool(parts.netloc)
    )


def _blocks(text: str) -> Iterator[Piece]:
    start = 0
    for fence in _FENCE.finditer(text) if text.count("```") > 1 else ():
        yield from _lines(text[start : fence.start()])
        yield Piece("block", fence["block"].strip("\n"))
        start = fence.end()
    yield from _lines(text[start:])


def _lines(text: str) -> Iterator[Piece]:
    for line in text.splitlines(keepends=True):
        yield from _line(line)


def _line(line: str) -> tuple[Piece, ...]:
    writer = _LineWriter()
    start = 0
    for atom in _ATOM.finditer(line):
        if atom.start() < start:
            continue
        writer.add(Piece("text", line[start : atom.start()]))
        start = _take(writer, line, atom)
    writer.add(Piece("text", line[start:]))
    return writer.close()


def _take(writer: "_LineWriter", line: str, atom: re.Match[str]) -> int:
    """Write one atom; returns where the text goes on."""
    match atom.lastgroup:
        case "mark":
            writer.mark(atom[0], *_sides(line, atom.start()))
        case "code":
            writer.add(Piece("code", atom["code"]))
        case "control":
            writer.add(Piece("control", target=CONTROLS[atom[0]]))
        case "mail":
            writer.add(Piece("link", atom[0], f"mailto:{atom[0]}"))
        case _:
            return _take_link(writer, atom)
    return atom.end()


def _take_link(writer: "_LineWriter", atom: re.Match[str]) -> int:
    shown = atom["link"].rstrip(_AFTER_LINK)
    if atom["link"][len(shown) :].startswith(")") and "(" in shown:
        shown += ")"
    address = shown if "://" in shown else f"https://{shown}"
    safe = len(address) <= _LONGEST_LINK and is_safe_link(address)
    writer.add(Piece("link", shown, address) if safe else Piece("text", shown))
    return atom.start() + len(shown)


def _sides(line: str, at: int) -> tuple[bool, bool]:
    """Whether a mark may open, and whether it may close: like WhatsApp, only at the edges of words."""
    before, after = line[at - 1 : at] if at else "", line[at + 1 : at + 2]
    opens = bool(after) and not after.isspace() and not (before.isalnum())
    closes = bool(before) and not before.isspace() and not after.isalnum()
    return opens, closes


class _LineWriter:
    """The pieces of one line. Each kind of mark is open at most once, so nesting is at most three deep."""

    def __init__(self) -> None:
        self._open: list[tuple[str, list[Piece]]] = [("", [])]

    def add(self, piece: Piece) -> None:
        if piece.text or piece.kind == "control":
            self._open[-1][1].append(piece)

    def mark(self, sign: str, opens: bool, closes: bool) -> None:
        depth = next((n for n, (open_sign, _) in enumerate(self._open) if open_sign == sign), 0)
        if depth and closes and (self._open[depth][1] or depth < len(self._open) - 1):
            self._close(depth, sign)
        elif opens and not depth:
            self._open.append((sign, []))
        else:
            self.add(Piece("text", sign))

    def close(self) -> tuple[Piece, ...]:
        self._unwind(0)
        return tuple(_merged(self._open[0][1]))

    def _close(self, depth: int, sign: str) -> None:
        self._unwind(depth)
        _, parts = self._open.pop()
        self._open[-1][1].append(Piece(MARKS[sign], parts=tuple(_merged(parts))))

    def _unwind(self, depth: int) -> None:
        """Marks that were never closed are text again."""
        while len(self._open) - 1 > depth:
            sign, parts = self._open.pop()
            self._open[-1][1].extend((Piece("text", sign), *parts))


def _merged(found: Iterator[Piece] | list[Piece] | tuple[Piece, ...]) -> Iterator[Piece]:
    """Neighbouring texts become one piece."""
    texts: list[str] = []
    for piece in found:
        if piece.kind == "text":
            texts.append(piece.text)
            continue
        if texts:
            yield Piece("text", "".join(texts))
            texts = []
        yield piece
    if texts:
        yield Piece("text", "".join(texts))
