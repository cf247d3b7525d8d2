"""Reads the payload of a message, sent or received, into what the phone page draws; odd payloads draw less."""

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from waia.simulator.phone_bubble import Ad, Choice, Content, File, Group
from waia.simulator.wire import Json

FILES = frozenset({"image", "video", "audio", "document", "sticker"})
OWN_FOLDER = "/static/"


def content_of(payload: Json) -> Content:
    kind = str(payload.get("type", "text"))
    read = _READERS.get(kind, _file if kind in FILES else _unknown)
    return read(kind, _node(payload.get(kind)), payload)


def _text(kind: str, node: Json, payload: Json) -> Content:
    told = _node(payload.get("referral"))
    ad = Ad(str(told.get("headline", "")), str(told.get("body", ""))) if told else None
    return Content("text", str(node.get("body", "")), ad=ad)


def _file(kind: str, node: Json, payload: Json) -> Content:
    name = str(node.get("filename") or _last_part(str(node.get("link", ""))))
    file = File(kind, _address(node), name, voice=bool(node.get("voice")))
    return Content(kind, str(node.get("caption", "")), file=file)


def _address(node: Json) -> str:
    """A link into our own static files is shown by its path; a stored file by its id; others not at all."""
    if media_id := node.get("id"):
        return f"/simulador/archivos/{media_id}"
    path = urlsplit(str(node.get("link", ""))).path
    return path if path.startswith(OWN_FOLDER) and ".." not in path else ""


def _last_part(link: str) -> str:
    return urlsplit(link).path.rpartition("/")[2]


def _interactive(kind: str, node: Json, payload: Json) -> Content:
    reply = _node(node.get("list_reply") or node.get("button_reply"))
    if reply:
        return Content("text", str(reply.get("title", "")), detail=str(reply.get("description", "")))
    action, header = _node(node.get("action")), _node(node.get("header"))
    groups = tuple(_group(section) for section in _nodes(action.get("sections")))
    parameters = _node(action.get("parameters"))
    buttons = tuple(_choice(_node(button.get("reply"))) for button in _nodes(action.get("buttons")))
    media = header.get("type")
    return Content(
        "interactive",
        str(_node(node.get("body")).get("text", "")),
        header=str(header.get("text", "")),
        footer=str(_node(node.get("footer")).get("text", "")),
        buttons=buttons,
        list_button=str(action.get("button", "")) if groups else "",
        groups=groups,
        link=str(parameters.get("display_text", "")),
        file=File(str(media), _address(_node(header[media]))) if media in FILES and media in header else None,
    )


def _group(section: Json) -> Group:
    return Group(str(section.get("title", "")), tuple(_choice(row) for row in _nodes(section.get("rows"))))


def _choice(node: Json) -> Choice:
    return Choice(str(node.get("id", "")), str(node.get("title", "")), str(node.get("description", "")))


def _button(kind: str, node: Json, payload: Json) -> Content:
    return Content("text", str(node.get("text", "")))


def _location(kind: str, node: Json, payload: Json) -> Content:
    place = f"{node.get('latitude', '')}, {node.get('longitude', '')}"
    return Content("location", title=str(node.get("name", "")), detail=str(node.get("address") or place))


def _contacts(kind: str, node: Json, payload: Json) -> Content:
    cards = _nodes(payload.get("contacts"))
    names = [str(_node(card.get("name")).get("formatted_name", "")) for card in cards]
    phones = [str(phone.get("phone", "")) for card in cards for phone in _nodes(card.get("phones"))]
    return Content("contacts", title=", ".join(names), detail=", ".join(phones))


def _template(kind: str, node: Json, payload: Json) -> Content:
    values = [
        str(value.get("text", ""))
        for component in _nodes(node.get("components"))
        for value in _nodes(component.get("parameters"))
    ]
    return Content("template", " · ".join(filter(None, values)), title=str(node.get("name", "")))


def _order(kind: str, node: Json, payload: Json) -> Content:
    items = _nodes(node.get("product_items"))
    return Content("order", str(node.get("text", "")), detail=str(len(items)))


def _unknown(kind: str, node: Json, payload: Json) -> Content:
    return Content("unknown", title="" if kind == "unsupported" else kind)


def _node(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _nodes(value: object) -> list[Json]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


_READERS: Mapping[str, Callable[[str, Json, Json], Content]] = {
    "text": _text,
    "interactive": _interactive,
    "button": _button,
    "location": _location,
    "contacts": _contacts,
    "template": _template,
    "order": _order,
}
