"""Reads `mensajes.details` (JSON, of any age and shape) into what a bubble draws; odd content is left out."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from waia.chats.panel.bubble import (
    Card,
    Choice,
    Extras,
    Field,
    Line,
    Media,
    Menu,
    Order,
    OrderLine,
    Place,
    Referral,
)
from waia.chats.panel.files import KINDS, with_file
from waia.chats.panel.whatsapp_text import is_safe_link, revealed
from waia.media.values import Attachment
from waia.whatsapp.error_words import arrival_words

HIDDEN_FIELDS = frozenset({"flow_token"})
MAX_LINES, MAX_FIELD = 30, 1_000
Node = Mapping[str, Any]


def read_extras(
    kind: str,
    details: object,
    mime: str | None,
    chosen_id: str = "",
    chosen: str = "",
    attachment: Attachment | None = None,
) -> Extras:
    """`chosen_id` and `chosen` name the option that the customer tapped in this menu."""
    node = _node(details)
    media = _media(kind, node, mime or "", attachment)
    return Extras(
        media=with_file(media, attachment) if media else None,
        place=_place(_node(node.get("location"))),
        cards=tuple(_card(_node(card)) for card in _some(node.get("contacts"))),
        order=_order(_node(node.get("order"))),
        menu=_menu(node, chosen_id, chosen),
        chosen=_text(_node(node.get("chosen")).get("title")),
        referral=_referral(_node(node.get("referral"))),
        template=_template(node.get("template")),
        fields=_fields(node),
        reason=_reason(node.get("errors")),
        participant=_shown(node.get("participant")),
        passed_to=_shown(node.get("passed_to")),
        mentions=tuple(_shown(name) for name in _some(node.get("names"))),
        forwarded=bool(node.get("forwarded")),
        forwarded_often=bool(node.get("forwarded_often") or node.get("frequently_forwarded")),
    )


def _media(kind: str, node: Node, mime: str, attachment: Attachment | None) -> Media | None:
    """What the message says; a menu or a template may have a file, too, as its header."""
    if kind not in KINDS and attachment is None:
        return None
    link = _text(node.get("link"))
    filename = _shown(node.get("filename")) or revealed(attachment.filename if attachment else "")
    stem, dot, extension = filename.rpartition(".")
    return Media(
        kind=("audio" if kind == "voice" else kind) if kind in KINDS or attachment is None else attachment.kind,
        filename=filename,
        mime=mime.partition(";")[0].strip(),
        extension=extension.upper() if dot and stem and len(extension) <= 5 else "",
        voice=kind == "voice" or bool(node.get("voice")),
        animated=bool(node.get("animated")),
        link=link if is_safe_link(link) else "",
    )


def _place(node: Node) -> Place | None:
    latitude, longitude = _decimal(node.get("latitude")), _decimal(node.get("longitude"))
    if latitude is None or longitude is None:
        return None
    return Place(
        latitude=round(float(latitude), 6),
        longitude=round(float(longitude), 6),
        name=_shown(node.get("name")),
        address=_shown(node.get("address")),
        link=f"https://www.google.com/maps/search/?api=1&query={latitude:f},{longitude:f}",
    )


def _card(node: Node) -> Card:
    name = node.get("name")
    shown = _shown(name) or _shown(_node(name).get("formatted_name"))
    organization = _shown(node.get("organization")) or _shown(_node(node.get("org")).get("company"))
    own = node.get("origin") == "contact_request"
    lines = tuple(_card_lines(node))[:MAX_LINES]
    return Card(shown, organization, lines, birthday=_shown(node.get("birthday")), is_own=own)


def _card_lines(node: Node) -> Iterator[Line]:
    for phone in _some(node.get("phones")):
        number = _text(_node(phone).get("phone")) or _text(_node(phone).get("wa_id")) or _text(phone)
        if number:
            kind = _shown(_node(phone).get("kind") or _node(phone).get("type"))
            yield Line(revealed(number), f"tel:{number.replace(' ', '')}", kind.lower())
    for email in _some(node.get("emails")):
        address = _text(email) or _text(_node(email).get("email"))
        yield from [Line(address, f"mailto:{address}")] if address else []
    for url in _some(node.get("urls")):
        address = _text(url) or _text(_node(url).get("url"))
        yield from [Line(address, address if is_safe_link(address) else "")] if address else []
    for address in _some(node.get("addresses")):
        yield from [Line(_shown(address))] if _text(address) else []


def _order(node: Node) -> Order | None:
    lines = [_node(line) for line in _some(node.get("lines") or node.get("product_items"))]
    if not lines:
        return None
    amounts = [_amount(line) for line in lines]
    currencies = {_shown(line.get("currency")) for line in lines}
    known = [amount for amount in amounts if amount is not None]
    drawn = tuple(_order_line(line, amount) for line, amount in zip(lines, amounts, strict=True))
    whole = len(known) == len(lines) and len(currencies) == 1
    return Order(drawn, sum(known, Decimal(0)) if whole else None, currencies.pop() if whole else "")


def _amount(line: Node) -> Decimal | None:
    quantity = _decimal(line.get("quantity"))
    price = _decimal(line.get("price", line.get("item_price")))
    return None if quantity is None or price is None else quantity * price


def _order_line(line: Node, amount: Decimal | None) -> OrderLine:
    product = _shown(line.get("product_id")) or _shown(line.get("product_retailer_id"))
    return OrderLine(product, _shown(line.get("quantity")), amount, _shown(line.get("currency")))


def _menu(node: Node, chosen_id: str, chosen: str) -> Menu | None:
    options = [_node(option) for option in _some(node.get("options"))]
    if not options:
        return None
    titles = _section_titles(node)
    choices = tuple(
        Choice(
            title=_shown(option.get("title")),
            description=_shown(option.get("description")),
            chosen=_is_chosen(option, chosen_id, chosen),
            section=titles.get(place, ""),
        )
        for place, option in enumerate(options)
    )
    header = node.get("header")
    return Menu(
        choices,
        button=_shown(node.get("button")),
        header=_shown(header) or _shown(_node(header).get("text")),
        footer=_shown(node.get("footer")),
    )


def _section_titles(node: Node) -> dict[int, str]:
    """By the place of the option with which each begins."""
    titles, place = {}, 0
    for section in map(_node, _some(node.get("sections"))):
        titles[place] = _shown(section.get("title"))
        place += int(_decimal(section.get("rows")) or 0)
    return titles


def _is_chosen(option: Node, chosen_id: str, chosen: str) -> bool:
    if chosen_id and option.get("id"):
        return _text(option.get("id")) == chosen_id
    return bool(chosen) and _text(option.get("title")) == chosen


def _referral(node: Node) -> Referral | None:
    if not node:
        return None
    link = _text(node.get("source_url"))
    return Referral(
        headline=_shown(node.get("headline")),
        text=_shown(node.get("body")),
        source=_text(node.get("source_type")),
        link=link if is_safe_link(link) else "",
    )


def _template(told: object) -> str:
    return _text(told) or _text(_node(told).get("name"))


def _fields(node: Node) -> tuple[Field, ...]:
    """The answers of a form that the customer filled in (flow reply)."""
    answers = _node(node.get("fields") or node.get("flow"))
    shown = ((name, _shown(value)) for name, value in answers.items() if name not in HIDDEN_FIELDS)
    return tuple(Field(revealed(str(name)), value) for name, value in shown if value)[:MAX_LINES]


def _reason(errors: object) -> str:
    """Why Meta did not hand us the content: in our words, to be translated, or in its own."""
    for error in map(_node, _some(errors)):
        code = error.get("code")
        known = arrival_words(code) if isinstance(code, int) else ""
        told = known or _text(error.get("details")) or _text(error.get("message")) or _text(error.get("title"))
        if told:
            return told
    return ""


def _node(value: object) -> Node:
    return value if isinstance(value, Mapping) else {}


def _some(value: object) -> list[Any]:
    return list(value)[:MAX_LINES] if isinstance(value, Iterable) and not isinstance(value, str | Mapping) else []


def _text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return ""
    return str(value)[:MAX_FIELD].strip()


def _shown(value: object) -> str:
    """What others wrote on one line, with nothing in it that turns the line around unseen."""
    return revealed(_text(value))


def _decimal(value: object) -> Decimal | None:
    try:
        found = Decimal(str(value)) if isinstance(value, str | int | float | Decimal) else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() and abs(found) < Decimal("1e15") else None
