"""A filled template: the message that goes to Meta, and how the customer will read it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from urllib.parse import unquote, urlsplit

import msgspec

from waia.kit.errors import Invalid
from waia.kit.i18n import N_
from waia.whatsapp import template
from waia.whatsapp.content import Shown, Template
from waia.whatsapp.template_book import MEDIA_FORMATS, Definition, Panel, filled, placeholders
from waia.whatsapp.template_form import degrees, errors_in, is_otp, moment_ms, values_of

NOT_SENDABLE = N_("Esta plantilla tiene una parte que no se puede enviar desde aquí.")
WRONG_KIND = N_("Esta plantilla lleva otra clase de archivo.")
HEADER = "header"


class HeaderFile(msgspec.Struct, frozen=True):
    """One of our files, in the place of the header's link. `kind` is image, video or document."""

    file_id: int
    kind: str
    filename: str


def fill(definition: Definition, answers: Mapping[str, str], now: datetime, file: HeaderFile | None = None) -> Template:
    """The message. Raises Invalid with a sentence for each blank that is missing or that Meta would refuse."""
    if definition.unknown_part:
        raise Invalid({"template": NOT_SENDABLE})
    told = {key: value.strip() for key, value in answers.items()} | ({HEADER: ""} if file else {})
    errors = errors_in(definition, told, now)
    if file:
        errors = {key: error for key, error in errors.items() if key != HEADER}
        if file.kind != definition.panel.format.lower():
            errors[HEADER] = WRONG_KIND
    if errors:
        raise Invalid(errors)
    components = tuple(_all_components(definition, told))
    if file:
        own = template.Header((template.MediaValue(file.kind, file_id=file.file_id, filename=_name(file)),))
        components = tuple(own if isinstance(part, template.Header) else part for part in components)
    return Template(definition.name, definition.language, components, preview(definition, told))


def preview(definition: Definition, answers: Mapping[str, str]) -> Shown:
    """What the customer will read; blanks without an answer stay visible."""
    cards = tuple(_shown(card, answers, f"card.{number}.") for number, card in enumerate(definition.cards))
    return msgspec.structs.replace(_shown(definition.panel, answers, ""), cards=cards)


def _all_components(definition: Definition, answers: Mapping[str, str]) -> Iterator[template.Component]:
    if definition.offer:
        yield template.Offer(moment_ms(answers["offer"]))
    yield from _components(definition.panel, answers, "", definition.named)
    if definition.cards:
        cards = enumerate(definition.cards)
        told = (tuple(_components(card, answers, f"card.{number}.", definition.named)) for number, card in cards)
        yield template.Carousel(tuple(told))


def _components(
    panel: Panel, answers: Mapping[str, str], prefix: str, named: bool
) -> Iterator[template.Header | template.Body | template.Button]:
    header = _header(panel, answers, prefix, named)
    if header:
        yield template.Header(header)
    body = _texts("body", panel.body, answers, prefix, named)
    if body:
        yield template.Body(body)
    for index, button in enumerate(panel.buttons):
        told = answers.get(f"{prefix}button.{index}", "")
        if button.kind == "COPY_CODE":
            yield template.CopyCodeButton(index, told)
        elif is_otp(button):
            yield template.UrlButton(index, next(iter(values_of("body", panel.body, answers, prefix).values()), ""))
        elif placeholders(button.url):
            yield template.UrlButton(index, told)
        elif button.kind == "FLOW":
            yield template.FlowButton(index, "unused")


def _header(panel: Panel, answers: Mapping[str, str], prefix: str, named: bool) -> tuple[template.Value, ...]:
    if panel.format in MEDIA_FORMATS:
        link = answers[f"{prefix}header"]
        name = _last_part(link) if panel.format == "DOCUMENT" else None
        return (template.MediaValue(panel.format.lower(), link=link, filename=name),)
    if panel.format == "LOCATION":
        latitude, longitude = (degrees(answers[f"{prefix}{key}"]) for key in ("latitude", "longitude"))
        name, address = (answers.get(f"{prefix}{key}", "") for key in ("place", "address"))
        return (template.PlaceValue(latitude, longitude, name, address),)
    return _texts("header", panel.header, answers, prefix, named)


def _name(file: HeaderFile) -> str | None:
    return file.filename if file.kind == "document" else None


def _last_part(link: str) -> str | None:
    """What the customer reads as the document's name."""
    return unquote(urlsplit(link).path).rpartition("/")[2] or None


def _texts(place: str, text: str, answers: Mapping[str, str], prefix: str, named: bool) -> tuple[template.Value, ...]:
    values = values_of(place, text, answers, prefix)
    return tuple(template.TextValue(value, name if named else None) for name, value in values.items())


def _shown(panel: Panel, answers: Mapping[str, str], prefix: str) -> Shown:
    header, body = (
        filled(text, values_of(place, text, answers, prefix))
        for place, text in (("header", panel.header), ("body", panel.body))
    )
    media = panel.format.lower() if panel.format in MEDIA_FORMATS else ""
    return Shown(
        header=header or answers.get(f"{prefix}place", ""),
        body=body,
        footer=panel.footer,
        buttons=tuple(button.text or button.kind for button in panel.buttons),
        media=media,
        link=answers.get(f"{prefix}header", "") if media else "",
    )
