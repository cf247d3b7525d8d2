"""What search compares: a text becomes folded words, a question the words it asks for. Both by the same rules.

Databases cut texts into words each in their own way, and lose short words, emoji or accents on it. So the index holds
words that were cut here, of letters and digits only, and no text of a user ever reaches a database's query language.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from unicodedata import combining, normalize

LONGEST_WORD = 60
MOST_ASKED = 10
SHORTEST_BEGINNING = 2
TAIL = 4
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_SIGNS = "\u2190-\u2bff\u3030\u303d\U0001f000-\U0001f3fa\U0001f400-\U0001faff"
_PIECE = re.compile(rf"[{_CJK}]|[{_SIGNS}]|(?:(?![{_CJK}{_SIGNS}])[^\W_])+")
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_LONG_NUMBER = re.compile(r"\d[\d ().-]{4,}\d")
_TOLD = ("filename", "name", "address", "formatted_name", "title")
DEEPEST = 6


def fold(text: str) -> str:
    """Lower case without accents: ñ is n, Á is a."""
    if text.isascii():
        return text.lower()
    return "".join(sign for sign in normalize("NFKD", text.casefold()) if not combining(sign))


def words_of(text: str) -> list[str]:
    """Each word once. Of long numbers also all digits together, and the last four."""
    found = dict.fromkeys(_cut(text))
    if any(len(word) > TAIL and word.isdigit() for word in found) or _LONG_NUMBER.search(text):
        found |= dict.fromkeys(_numbers(text))
    return list(found)


def number_ends(number: str) -> list[str]:
    """All ends of three digits and more: a number is found by any of its digits in a row."""
    digits = "".join(sign for sign in number if sign.isascii() and sign.isdigit())
    return [digits[start:] for start in range(max(len(digits) - 2, 0))]


def told_in(kind: str, text: str | None, details: Mapping[str, object] | None) -> str:
    """What people can read in a message: its text, names of files, places and cards, titles of options."""
    if kind == "text" or not details:
        return text or ""
    return " ".join(dict.fromkeys((text or "", *_told(details, DEEPEST))))


@dataclass(frozen=True, slots=True)
class Query:
    """All of `words` must be there, and a word that begins with `beginning` (empty: none)."""

    words: tuple[str, ...] = ()
    beginning: str = ""

    def __bool__(self) -> bool:
        return bool(self.words or self.beginning)

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.words, self.beginning) if self.beginning else self.words


def read_query(asked: str) -> Query:
    """The last word is taken as begun, unless a space follows; of one letter it must be the whole word."""
    asked = normalize("NFC", asked.replace("\0", " "))
    found = list(dict.fromkeys(_cut(asked)))[:MOST_ASKED]
    if not found or asked[-1:].isspace():
        return Query(tuple(found))
    last = found[-1]
    if len(last) < SHORTEST_BEGINNING or not asked[-1:].isalnum():
        return Query(tuple(found))
    return Query(tuple(found[:-1]), last)


def marked(text: str, query: Query) -> Iterator[tuple[str, bool]]:
    """The text in pieces, and whether each is one of the words asked for."""
    text, start = normalize("NFC", text), 0
    for piece in _PIECE.finditer(text):
        if _is_asked(_word(fold(piece[0])), query):
            yield text[start : piece.start()], False
            yield piece[0], True
            start = piece.end()
    yield text[start:], False


def _is_asked(word: str, query: Query) -> bool:
    if not query.all:
        return False
    ends = word[-TAIL:] if word.isdigit() else word
    return word in query.words or ends in query.all or (bool(query.beginning) and word.startswith(query.beginning))


def _cut(text: str) -> Iterator[str]:
    folded = fold(text)
    if folded.isascii():
        return (word[:LONGEST_WORD] for word in _ASCII_WORD.findall(folded))
    return (_word(piece) for piece in _PIECE.findall(folded))


def _word(piece: str) -> str:
    """A sign such as an emoji is written out, because databases drop it."""
    if len(piece) == 1 and not piece.isalnum():
        return f"sign{ord(piece):x}"
    return piece[:LONGEST_WORD]


def _numbers(text: str) -> Iterator[str]:
    for number in _LONG_NUMBER.findall(text):
        digits = "".join(sign for sign in number if sign.isdigit())
        yield digits[:LONGEST_WORD]
        yield digits[-TAIL:]
    for word in _cut(text):
        if len(word) > TAIL and word.isdigit():
            yield word[-TAIL:]


def _told(node: object, depth: int) -> Iterator[str]:
    if isinstance(node, Mapping) and depth:
        for name, value in node.items():
            if isinstance(value, str):
                yield from (value,) if name in _TOLD else ()
            else:
                yield from _told(value, depth - 1)
    elif isinstance(node, Sequence) and not isinstance(node, str | bytes) and depth:
        for value in node:
            yield from _told(value, depth - 1)
