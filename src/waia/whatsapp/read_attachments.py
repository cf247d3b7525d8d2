"""Reads what hangs on a message: files, places, cards, orders, referrals, errors."""

from waia.whatsapp.attachments import (
    CardPhone,
    ContactCard,
    Location,
    MediaRef,
    MetaError,
    Order,
    OrderLine,
    Product,
    Referral,
)
from waia.whatsapp.fields import decimal, elements, flag, identifier, integer, node, number, phone, text
from waia.whatsapp.lenient_json import Node


def media(told: Node) -> MediaRef | None:
    found = MediaRef(
        id=identifier(told.get("id")),
        mime=identifier(told.get("mime_type")),
        sha256=identifier(told.get("sha256")),
        filename=identifier(told.get("filename")),
        url=identifier(told.get("url")) or identifier(told.get("link")),
        voice=flag(told.get("voice")),
        animated=flag(told.get("animated")),
    )
    return found if found.id or found.url else None


def location(told: Node) -> Location | None:
    latitude, longitude = number(told.get("latitude")), number(told.get("longitude"))
    if latitude is None or longitude is None:
        return None
    return Location(
        latitude,
        longitude,
        name=identifier(told.get("name")),
        address=identifier(told.get("address")),
        url=identifier(told.get("url")),
    )


def cards(told: object) -> tuple[ContactCard, ...]:
    return tuple(_card(node(each)) for each in elements(told))


def order(told: Node) -> Order:
    lines = tuple(_order_line(node(each)) for each in elements(told.get("product_items")))
    return Order(identifier(told.get("catalog_id")), lines)


def product(context: Node) -> Product | None:
    told = node(context.get("referred_product"))
    catalog_id, product_id = identifier(told.get("catalog_id")), identifier(told.get("product_retailer_id"))
    return Product(catalog_id, product_id) if catalog_id or product_id else None


def referral(told: object) -> Referral | None:
    if not isinstance(told, dict):
        return None
    names = (name for name in Referral.__struct_fields__ if name != "welcome_text")
    welcome = identifier(node(told.get("welcome_message")).get("text"))
    return Referral(**{name: identifier(told.get(name)) for name in names}, welcome_text=welcome)


def errors(told: object) -> tuple[MetaError, ...]:
    return tuple(error(each) for each in elements(told) if isinstance(each, dict))


def error(told: Node) -> MetaError:
    """The older shape has `details` at the top and no `message`."""
    return MetaError(
        code=integer(told.get("code")),
        title=text(told.get("title")),
        message=text(told.get("message")),
        details=text(node(told.get("error_data")).get("details")) or text(told.get("details")),
    )


def _card(told: Node) -> ContactCard:
    organization = node(told.get("org"))
    company = (text(organization.get(part)) for part in ("title", "department", "company"))
    return ContactCard(
        name=_name(node(told.get("name"))),
        phones=tuple(_card_phone(node(each)) for each in elements(told.get("phones"))),
        emails=_texts(told.get("emails"), "email"),
        addresses=tuple(filter(None, (_address(node(each)) for each in elements(told.get("addresses"))))),
        urls=_texts(told.get("urls"), "url"),
        organization=", ".join(filter(None, company)) or None,
        birthday=identifier(told.get("birthday")),
        origin=identifier(told.get("origin")),
    )


def _name(told: Node) -> str | None:
    parts = (text(told.get(part)) for part in ("prefix", "first_name", "middle_name", "last_name", "suffix"))
    return identifier(told.get("formatted_name")) or " ".join(filter(None, parts)) or None


def _card_phone(told: Node) -> CardPhone:
    return CardPhone(
        phone=identifier(told.get("phone")),
        wa_id=phone(told.get("wa_id")),
        user_id=identifier(told.get("user_id")),
        kind=identifier(told.get("type")),
    )


def _address(told: Node) -> str:
    parts = (text(told.get(part)) for part in ("street", "city", "state", "zip", "country"))
    return ", ".join(filter(None, parts))


def _texts(told: object, key: str) -> tuple[str, ...]:
    return tuple(filter(None, (text(node(each).get(key)) for each in elements(told))))


def _order_line(told: Node) -> OrderLine:
    return OrderLine(
        product_id=identifier(told.get("product_retailer_id")),
        quantity=decimal(told.get("quantity")),
        price=decimal(told.get("item_price")),
        currency=identifier(told.get("currency")),
    )
