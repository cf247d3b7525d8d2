"""Length as Meta may count it, and cuts that never split what a reader sees as one character."""

import unicodedata

TEXT_LIMIT = 4096
ELLIPSIS = "…"
_JOINER = "\u200d"


def units(text: str) -> int:
    """UTF-16 units: Meta does not say how it counts, and an emoji counts two in the stricter reading."""
    return len(text) + sum(char > "\uffff" for char in text)


def shortened(text: str, limit: int) -> str:
    """The text itself, or its beginning with an ellipsis, in at most `limit` units."""
    if units(text) <= limit:
        return text
    return cut(text, limit - units(ELLIPSIS)).rstrip() + ELLIPSIS


def cut(text: str, limit: int) -> str:
    """The longest beginning within `limit` units that ends between two visible characters."""
    end, used = 0, 0
    while end < len(text) and used + units(text[end]) <= limit:
        used += units(text[end])
        end += 1
    while 0 < end < len(text) and _joined(text, end):
        end -= 1
    return text[:end]


def in_parts(text: str, limit: int) -> tuple[str, ...]:
    """A long text as several messages, split at the last paragraph, line or word that fits."""
    parts = []
    rest = text.strip()
    while units(rest) > limit:
        head = cut(rest, limit) or rest[:1]
        for separator in ("\n\n", "\n", " "):
            place = head.rfind(separator)
            if place > len(head) // 2:
                head = head[:place]
                break
        parts.append(head.rstrip())
        rest = rest[len(head) :].lstrip()
    return tuple(filter(None, (*parts, rest)))


def _joined(text: str, at: int) -> bool:
    """Whether the characters on both sides of `at` are drawn as one."""
    before, after = text[at - 1], text[at]
    if _JOINER in (before, after) or unicodedata.category(after) in {"Mn", "Mc", "Me"}:
        return True
    if "\U0001f3fb" <= after <= "\U0001f3ff" or "\U000e0020" <= after <= "\U000e007f":
        return True
    return _is_flag_half(after) and _flag_halves_before(text, at) % 2 == 1


def _is_flag_half(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _flag_halves_before(text: str, at: int) -> int:
    count = 0
    while count < at and _is_flag_half(text[at - 1 - count]):
        count += 1
    return count
