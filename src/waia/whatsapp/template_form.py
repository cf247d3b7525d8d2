"""A template as a form: its blanks, and what is wrong with an answer, told before Meta would."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from urllib.parse import urlsplit

import msgspec

from waia.kit.i18n import N_
from waia.whatsapp.template_book import MEDIA_FORMATS, ButtonPart, Definition, Panel, filled, placeholders

HEADER_MOST, BODY_MOST, LINK_MOST, CODE_MOST = 60, 1024, 2000, 15
OTP_KINDS = frozenset({"OTP"})

MISSING = N_("Falta este dato.")
TOO_LONG = N_("Con este dato el texto es más largo de lo que WhatsApp admite.")
BAD_SPACES = N_("Escríbelo en una sola línea, sin tabulaciones ni más de cuatro espacios seguidos.")
BAD_LINK = N_("Escribe una dirección que empiece con https://")
BAD_NUMBER = N_("Escribe un número, por ejemplo 4.60971.")
BAD_MOMENT = N_("Elige una fecha y hora que todavía no haya pasado.")


class BlankKind(StrEnum):
    TEXT = "text"
    LINK = "link"
    SUFFIX = "suffix"
    CODE = "code"
    NUMBER = "number"
    MOMENT = "moment"


class Blank(msgspec.Struct, frozen=True):
    """`key` names the field (`body.1`, `button.0`, `card.1.header`); `place` says where it stands, `name` which."""

    key: str
    kind: BlankKind
    place: str
    name: str = ""
    example: str = ""
    most: int = BODY_MOST
    required: bool = True


def blanks(definition: Definition) -> tuple[Blank, ...]:
    """In the order in which they are read. The code of an authentication template is asked for once."""
    found = list(_blanks_of(definition.panel, ""))
    if definition.offer:
        found.insert(0, Blank("offer", BlankKind.MOMENT, "offer"))
    for number, card in enumerate(definition.cards):
        found += _blanks_of(card, f"card.{number}.")
    return tuple(found)


def errors_in(definition: Definition, answers: Mapping[str, str], now: datetime) -> dict[str, str]:
    """A sentence for each blank that is missing or that Meta would refuse."""
    errors = {blank.key: error for blank in blanks(definition) if (error := _error(blank, answers, now))}
    return errors | {key: TOO_LONG for key in _too_long(definition, answers) if key not in errors}


def values_of(place: str, text: str, answers: Mapping[str, str], prefix: str) -> dict[str, str]:
    """The answers for the blanks of one text; numbered blanks by number, wherever they stand."""
    names = placeholders(text)
    ordered = sorted(names, key=int) if all(name.isdecimal() for name in names) else names
    return {name: answers.get(f"{prefix}{place}.{name}", "") for name in ordered}


def is_otp(button: ButtonPart) -> bool:
    """Its code is the one of the body. Meta lists such buttons as OTP or as a link of its own."""
    return button.kind in OTP_KINDS or "/otp/code/" in button.url


def degrees(value: str) -> float:
    return float(value.replace(",", "."))


def moment_ms(value: str) -> int:
    """From `YYYY-MM-DDTHH:MM` (UTC when it names no zone); 0 when it is no moment."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return 0
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def _blanks_of(panel: Panel, prefix: str) -> Iterator[Blank]:
    if panel.format in MEDIA_FORMATS:
        yield Blank(f"{prefix}header", BlankKind.LINK, panel.format.lower(), most=LINK_MOST)
    elif panel.format == "LOCATION":
        yield Blank(f"{prefix}latitude", BlankKind.NUMBER, "location", "latitude", "4.60971")
        yield Blank(f"{prefix}longitude", BlankKind.NUMBER, "location", "longitude", "-74.08175")
        yield Blank(f"{prefix}place", BlankKind.TEXT, "location", "place", most=200)
        yield Blank(f"{prefix}address", BlankKind.TEXT, "location", "address", most=300, required=False)
    for place, text, most in (("header", panel.header, HEADER_MOST), ("body", panel.body, BODY_MOST)):
        for name in placeholders(text):
            example = panel.examples.get(f"{place}.{name}", "")
            yield Blank(f"{prefix}{place}.{name}", BlankKind.TEXT, place, name, example, most)
    for index, button in enumerate(panel.buttons):
        if button.kind == "COPY_CODE":
            yield Blank(f"{prefix}button.{index}", BlankKind.CODE, "code", button.text, button.example, CODE_MOST)
        elif placeholders(button.url) and not is_otp(button):
            yield Blank(f"{prefix}button.{index}", BlankKind.SUFFIX, "url", button.text, button.example, LINK_MOST)


def _error(blank: Blank, answers: Mapping[str, str], now: datetime) -> str:
    value = answers.get(blank.key, "")
    if not value:
        return MISSING if blank.required else ""
    if len(value) > blank.most:
        return TOO_LONG
    match blank.kind:
        case BlankKind.LINK:
            return "" if _is_public_link(value) else BAD_LINK
        case BlankKind.NUMBER:
            return "" if _isdegrees(value) else BAD_NUMBER
        case BlankKind.MOMENT:
            return "" if moment_ms(value) > now.timestamp() * 1000 else BAD_MOMENT
        case _:
            return BAD_SPACES if re.search(r"[\n\r\t]| {5}", value) else ""


def _too_long(definition: Definition, answers: Mapping[str, str]) -> Iterator[str]:
    """The first blank of each text that is too long as a whole."""
    panels = [("", definition.panel), *((f"card.{number}.", card) for number, card in enumerate(definition.cards))]
    for prefix, panel in panels:
        for place, text, most in (("header", panel.header, HEADER_MOST), ("body", panel.body, BODY_MOST)):
            names = placeholders(text)
            if names and len(filled(text, values_of(place, text, answers, prefix))) > most:
                yield f"{prefix}{place}.{names[0]}"


def _is_public_link(value: str) -> bool:
    parts = urlsplit(value)
    return parts.scheme == "https" and bool(parts.hostname) and not re.search(r"\s", value)


def _isdegrees(value: str) -> bool:
    try:
        return abs(degrees(value)) <= 180
    except ValueError:
        return False
