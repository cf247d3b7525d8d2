"""Approved templates: their variable parts, and how Graph wants them."""

import msgspec


class TextValue(msgspec.Struct, frozen=True, tag="text"):
    text: str
    name: str | None = None


class MediaValue(msgspec.Struct, frozen=True, tag="media"):
    """Named by its address, by Meta's id, or by ours, which the sender uploads."""

    kind: str
    link: str | None = None
    media_id: str | None = None
    filename: str | None = None
    file_id: int | None = None


class PlaceValue(msgspec.Struct, frozen=True, tag="place"):
    latitude: float
    longitude: float
    name: str = ""
    address: str = ""


class CurrencyValue(msgspec.Struct, frozen=True, tag="currency"):
    fallback: str
    code: str
    amount_1000: int
    name: str | None = None


class DateValue(msgspec.Struct, frozen=True, tag="date"):
    fallback: str
    name: str | None = None


Value = TextValue | MediaValue | PlaceValue | CurrencyValue | DateValue


class Header(msgspec.Struct, frozen=True, tag="header"):
    values: tuple[Value, ...]


class Body(msgspec.Struct, frozen=True, tag="body"):
    values: tuple[Value, ...]


class QuickReplyButton(msgspec.Struct, frozen=True, tag="quick_reply"):
    index: int
    payload: str


class UrlButton(msgspec.Struct, frozen=True, tag="url"):
    index: int
    suffix: str


class CopyCodeButton(msgspec.Struct, frozen=True, tag="copy_code"):
    index: int
    code: str


class FlowButton(msgspec.Struct, frozen=True, tag="flow"):
    index: int
    token: str
    values: dict[str, str] = {}


Button = QuickReplyButton | UrlButton | CopyCodeButton | FlowButton


class Carousel(msgspec.Struct, frozen=True, tag="carousel"):
    cards: tuple[tuple[Header | Body | Button, ...], ...]


class Offer(msgspec.Struct, frozen=True, tag="limited_time_offer"):
    """When an offer with a deadline ends, in milliseconds since 1970."""

    until_ms: int


Component = Header | Body | Button | Carousel | Offer
Json = dict[str, object]


def component_json(component: Component) -> Json:
    match component:
        case Header(values) | Body(values):
            kind = "header" if isinstance(component, Header) else "body"
            return {"type": kind, "parameters": [_value_json(value) for value in values]}
        case Carousel(cards):
            told = [
                {"card_index": index, "components": [component_json(part) for part in card]}
                for index, card in enumerate(cards)
            ]
            return {"type": "carousel", "cards": told}
        case Offer(until_ms):
            offer = {"type": "limited_time_offer", "limited_time_offer": {"expiration_time_ms": until_ms}}
            return {"type": "limited_time_offer", "parameters": [offer]}
        case _:
            return _button_json(component)


def _button_json(button: Button) -> Json:
    kind = str(button.__struct_config__.tag)
    return {
        "type": "button",
        "sub_type": kind,
        "index": str(button.index),
        "parameters": [_button_parameter(button)],
    }


def _button_parameter(button: Button) -> Json:
    match button:
        case QuickReplyButton(_, payload):
            return {"type": "payload", "payload": payload}
        case UrlButton(_, suffix):
            return {"type": "text", "text": suffix}
        case CopyCodeButton(_, code):
            return {"type": "coupon_code", "coupon_code": code}
        case FlowButton(_, token, values):
            answers = {"flow_action_data": values} if values else {}
            return {"type": "action", "action": {"flow_token": token, **answers}}


def _value_json(value: Value) -> Json:
    match value:
        case TextValue(text, name):
            return {"type": "text", "text": text, **_named(name)}
        case MediaValue(kind, link, media_id, filename):
            source: Json = {"id": media_id} if media_id else {"link": link}
            return {"type": kind, kind: {**source, **({"filename": filename} if filename else {})}}
        case PlaceValue(latitude, longitude, name, address):
            place = {"latitude": latitude, "longitude": longitude, "name": name, "address": address}
            return {"type": "location", "location": place}
        case CurrencyValue(fallback, code, amount, name):
            money = {"fallback_value": fallback, "code": code, "amount_1000": amount}
            return {"type": "currency", "currency": money, **_named(name)}
        case DateValue(fallback, name):
            return {"type": "date_time", "date_time": {"fallback_value": fallback}, **_named(name)}


def _named(name: str | None) -> Json:
    return {"parameter_name": name} if name else {}
