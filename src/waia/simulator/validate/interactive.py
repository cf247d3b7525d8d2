"""Checks of interactive messages: the frame of header, body and footer, then the action of each type."""

from collections.abc import Callable, Mapping

from waia.simulator.validate import actions, carousel, fields, products
from waia.simulator.validate.content import media
from waia.simulator.wire import Json

_HEADER_KEYS = frozenset({"type", "text", "image", "video", "document"})
_ANY_HEADER = ("text", "image", "video", "document")


def interactive(content: Json) -> None:
    fields.only(content, frozenset({"type", "header", "body", "footer", "action"}), "interactive")
    kind = fields.choice(content, "type", "interactive", tuple(_ACTIONS))
    _frame(content, kind)
    _ACTIONS[kind](fields.mapping(content, "action", "interactive"))


def _frame(content: Json, kind: str) -> None:
    """Header, body and footer around the action."""
    _header(content, kind)
    if "body" in content or kind not in ("product", "call_permission_request"):
        body = fields.mapping(content, "body", "interactive")
        fields.only(body, frozenset({"text"}), "interactive['body']")
        fields.text(body, "text", "interactive['body']", 4096 if kind == "list" else 1024)
    if "footer" in content:
        if kind == "carousel":
            raise fields.wrong("interactive['footer']", "is not allowed in a carousel")
        footer = fields.mapping(content, "footer", "interactive")
        fields.only(footer, frozenset({"text"}), "interactive['footer']")
        fields.text(footer, "text", "interactive['footer']", 60)


def _header(content: Json, kind: str) -> None:
    where = "interactive['header']"
    if "header" not in content:
        if kind == "product_list":
            raise fields.missing(where)
        return
    allowed = _HEADERS.get(kind, ())
    if not allowed:
        raise fields.wrong(where, f"is not allowed in an interactive message of type {kind}")
    header = fields.mapping(content, "header", "interactive")
    fields.only(header, _HEADER_KEYS, where)
    header_kind = fields.choice(header, "type", where, allowed)
    if header_kind == "text":
        fields.text(header, "text", where, 60)
    else:
        place = f"{where}['{header_kind}']"
        media(header_kind, fields.mapping(header, header_kind, where), place)


_HEADERS: Mapping[str, tuple[str, ...]] = {
    "button": _ANY_HEADER,
    "cta_url": _ANY_HEADER,
    "flow": _ANY_HEADER,
    "list": ("text",),
    "product_list": ("text",),
}
_ACTIONS: Mapping[str, Callable[[Json], None]] = {
    "button": actions.reply_buttons,
    "list": actions.rows,
    "cta_url": actions.link,
    "flow": actions.flow,
    "location_request_message": actions.bare("send_location"),
    "request_contact_info": actions.bare("request_contact_info"),
    "product": products.product,
    "product_list": products.products,
    "catalog_message": products.catalog,
    "carousel": carousel.carousel,
    "voice_call": actions.call,
    "call_permission_request": actions.bare("call_permission_request"),
    "address_message": actions.address,
}
