"""Checks of carousels and of what their cards share with other interactive messages: replies and links."""

from collections.abc import Sequence

from waia.simulator.validate import fields
from waia.simulator.validate.content import media
from waia.simulator.wire import Json

_CARDS = "interactive['action']['cards']"
_CARD_KEYS = frozenset({"card_index", "type", "header", "body", "action"})


def carousel(action: Json) -> None:
    fields.only(action, frozenset({"cards"}), "interactive['action']")
    cards = fields.items(action, "cards", "interactive['action']", 2, 10)
    shapes = [_card(card, number) for number, card in enumerate(cards)]
    if len(set(shapes)) > 1:
        raise fields.wrong(_CARDS, "must all have the same kind of header and the same number of buttons")


def check_replies(replies: Sequence[Json], where: str) -> None:
    """Reply buttons: title up to 20, id up to 256 without outer blanks, none of them twice."""
    for reply in replies:
        fields.only(reply, frozenset({"id", "title"}), where)
        reply_id = fields.text(reply, "id", where, 256)
        if reply_id != reply_id.strip():
            raise fields.wrong(f"{where}['id']", "must not begin or end with a blank")
    fields.unique([reply["id"] for reply in replies], f"{where} ids")
    fields.unique([fields.text(reply, "title", where, 20) for reply in replies], f"{where} titles")


def check_link(parameters: Json, where: str) -> None:
    fields.only(parameters, frozenset({"display_text", "url"}), where)
    fields.text(parameters, "display_text", where, 20)
    fields.web_address(parameters, "url", where)


def _card(card: Json, number: int) -> tuple[str, str, int]:
    """Checks one card and returns what must be equal in all: its kind, its header's, its buttons."""
    where = f"{_CARDS}[{number}]"
    fields.only(card, _CARD_KEYS, where)
    if fields.required(card, "card_index", where) != number:
        raise fields.wrong(f"{where}['card_index']", f"must be {number}")
    kind = fields.choice(card, "type", where, ("cta_url", "product"))
    action = fields.mapping(card, "action", where)
    if kind == "product":
        fields.text(action, "product_retailer_id", f"{where}['action']", 256)
        fields.text(action, "catalog_id", f"{where}['action']", 256)
        return kind, "product", 0
    header = _card_header(card, where)
    _card_body(card, where)
    return kind, header, _card_action(action, f"{where}['action']")


def _card_header(card: Json, where: str) -> str:
    header = fields.mapping(card, "header", where)
    kind = fields.choice(header, "type", f"{where}['header']", ("image", "video"))
    media(kind, fields.mapping(header, kind, f"{where}['header']"), f"{where}['header']['{kind}']")
    return kind


def _card_body(card: Json, where: str) -> None:
    if "body" not in card:
        return
    body = fields.text(fields.mapping(card, "body", where), "text", f"{where}['body']", 160)
    if body.count("\n") > 2:
        raise fields.wrong(f"{where}['body']['text']", "must have at most 2 line breaks")


def _card_action(action: Json, where: str) -> int:
    if "buttons" not in action:
        fields.choice(action, "name", where, ("cta_url",))
        check_link(fields.mapping(action, "parameters", where), f"{where}['parameters']")
        return 0
    buttons = fields.items(action, "buttons", where, 1, 3)
    for button in buttons:
        fields.choice(button, "type", f"{where}['buttons']", ("quick_reply",))
    replies = [fields.mapping(button, "quick_reply", f"{where}['buttons']") for button in buttons]
    check_replies(replies, f"{where}['buttons']")
    return len(buttons)
