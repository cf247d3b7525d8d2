"""Templates as Meta lists them (`GET /{account}/message_templates`): what they say, and where they leave blanks."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")
APPROVED = "APPROVED"
MEDIA_FORMATS = frozenset({"IMAGE", "VIDEO", "DOCUMENT"})
Listed = Mapping[str, Any]


class ButtonPart(msgspec.Struct, frozen=True):
    """`kind` as Meta names it (QUICK_REPLY, URL, COPY_CODE…); `example` is what the approval was asked with."""

    kind: str
    text: str
    url: str = ""
    example: str = ""


class Panel(msgspec.Struct, frozen=True):
    """Header, body and buttons of a template, or of one card of its carousel. `format` is TEXT, IMAGE… or empty."""

    format: str = ""
    header: str = ""
    body: str = ""
    footer: str = ""
    buttons: tuple[ButtonPart, ...] = ()
    examples: dict[str, str] = {}


class Definition(msgspec.Struct, frozen=True):
    """One template in one language. `named`: its blanks have names instead of numbers. `offer`: it has a deadline."""

    name: str
    language: str
    category: str
    status: str
    panel: Panel
    cards: tuple[Panel, ...] = ()
    named: bool = False
    offer: bool = False
    unknown_part: str = ""

    @property
    def is_authentication(self) -> bool:
        return self.category == "AUTHENTICATION"


def read_definition(listed: Listed) -> Definition:
    """Lenient: a part that nobody knows makes the template visible but not sendable (`unknown_part`)."""
    parts = [part for part in _list(listed.get("components")) if isinstance(part, Mapping)]
    kinds = [_word(part, "type").upper() for part in parts]
    cards = next((_list(part.get("cards")) for part in parts if _word(part, "type").upper() == "CAROUSEL"), [])
    return Definition(
        name=_word(listed, "name"),
        language=_word(listed, "language"),
        category=_word(listed, "category").upper(),
        status=_word(listed, "status").upper(),
        panel=_panel(parts),
        cards=tuple(_panel(_list(_node(card).get("components"))) for card in cards),
        named=_word(listed, "parameter_format").upper() == "NAMED",
        offer="LIMITED_TIME_OFFER" in kinds,
        unknown_part=next(_unknown(parts, kinds), ""),
    )


def placeholders(text: str) -> list[str]:
    """The names of the blanks, each once, in the order of the text."""
    return list(dict.fromkeys(PLACEHOLDER.findall(text)))


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its blanks filled; one without a value stays as it is written."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1]) or found[0], text)


_KNOWN = frozenset({"HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER"})
_KNOWN_FORMATS = MEDIA_FORMATS | {"TEXT", "LOCATION", ""}
_NEEDS_PRODUCTS = frozenset({"MPM", "SPM", "PRODUCT", "ORDER_DETAILS"})


def _unknown(parts: Sequence[Listed], kinds: Sequence[str]) -> Iterator[str]:
    yield from (kind for kind in kinds if kind not in _KNOWN)
    yield from (format_ for part in parts if (format_ := _word(part, "format").upper()) not in _KNOWN_FORMATS)
    buttons = (button for part in parts for button in _list(part.get("buttons")))
    yield from (kind for button in buttons if (kind := _word(_node(button), "type").upper()) in _NEEDS_PRODUCTS)


def _panel(parts: Sequence[Any]) -> Panel:
    header, body, footer, buttons = (_part(parts, kind) for kind in ("HEADER", "BODY", "FOOTER", "BUTTONS"))
    return Panel(
        format=_word(header, "format").upper() or ("TEXT" if header else ""),
        header=_word(header, "text"),
        body=_word(body, "text"),
        footer=_word(footer, "text"),
        buttons=tuple(_button(_node(button)) for button in _list(buttons.get("buttons"))),
        examples={**_examples("header", header), **_examples("body", body)},
    )


def _button(button: Listed) -> ButtonPart:
    example = button.get("example")
    told = example[0] if isinstance(example, list) and example else example
    return ButtonPart(
        _word(button, "type").upper(), _word(button, "text"), _word(button, "url"), str(told) if told else ""
    )


def _examples(place: str, part: Listed) -> dict[str, str]:
    """By blank. Meta wraps the numbered ones of a body in one list more than those of a header."""
    example = _node(part.get("example"))
    named = _list(example.get(f"{place}_text_named_params"))
    found = {_word(_node(each), "param_name"): _word(_node(each), "example") for each in named}
    numbered = _list(example.get(f"{place}_text"))
    row = numbered[0] if numbered and isinstance(numbered[0], list) else numbered
    found |= {str(number): str(value) for number, value in enumerate(row, 1)}
    return {f"{place}.{name}": value for name, value in found.items() if name}


def _part(parts: Sequence[Any], kind: str) -> Listed:
    return next((part for part in map(_node, parts) if _word(part, "type").upper() == kind), {})


def _word(node: Listed, key: str) -> str:
    value = node.get(key)
    return value if isinstance(value, str) else ""


def _node(value: object) -> Listed:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
