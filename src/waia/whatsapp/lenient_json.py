"""JSON as it really arrives: fast for good bodies, forgiving for odd ones, never deeper than we can walk."""

import json
import math
import re
from typing import cast

import msgspec

MAX_DEPTH = 64
MAX_BRACKETS = 500_000
LONGEST_INTEGER = 40

Node = dict[str, object]

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
# A string without an end counts to the end of the text: else each quote in it would be tried as a beginning.
_STRING_OR_BRACKET = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)


class Unreadable(Exception):
    """The bytes are no JSON by any reading."""


def decode(body: bytes) -> object:
    """The value in these bytes; raises only `Unreadable`.

    Mended on the way: lone surrogates and bad UTF-8 become U+FFFD, NaN and infinities become null, a byte
    order mark is dropped, integers too long for Python stay text, what is below `MAX_DEPTH` becomes null.
    """
    try:
        return _decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _decode_oddity(body.decode("utf-8-sig", errors="replace"))


def encode(tree: object) -> bytes:
    """Compact JSON of something `decode` returned."""
    try:
        return _encode(tree)
    except RecursionError:
        return _encode(_pruned(tree, MAX_DEPTH))


def _decode_oddity(text: str) -> object:
    if text.count("[") + text.count("{") > MAX_BRACKETS:
        raise Unreadable
    try:
        tree = json.loads(
            _clipped(text),
            strict=False,
            parse_int=_integer,
            parse_float=_finite,
            parse_constant=lambda _: None,
        )
    except ValueError as error:
        raise Unreadable from error
    clean = _LONE_SURROGATE.sub("\ufffd", json.dumps(tree, ensure_ascii=False))
    return cast(object, _decode(clean.encode()))


def _clipped(text: str) -> str:
    """The same JSON text with everything below `MAX_DEPTH` cut out, found without recursion."""
    kept, start, depth = [], 0, 0
    for token in _STRING_OR_BRACKET.finditer(text):
        mark = text[token.start()]
        if mark in "[{":
            depth += 1
            if depth == MAX_DEPTH + 1:
                kept += [text[start : token.start()], "null"]
        elif mark in "]}":
            if depth == MAX_DEPTH + 1:
                start = token.end()
            depth -= 1
    return "".join([*kept, text[start:]])


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= LONGEST_INTEGER else digits


def _finite(digits: str) -> float | None:
    value = float(digits)
    return value if math.isfinite(value) else None


def _pruned(tree: object, depth: int) -> object:
    if not isinstance(tree, dict | list):
        return tree
    if depth == 0:
        return None
    if isinstance(tree, list):
        return [_pruned(value, depth - 1) for value in tree]
    return {key: _pruned(value, depth - 1) for key, value in tree.items()}
