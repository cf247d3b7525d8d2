"""What can hang on a message: a file, a place, cards, an order, an advert, errors."""

from decimal import Decimal

import msgspec


class MetaError(msgspec.Struct, frozen=True):
    code: int | None = None
    title: str = ""
    message: str = ""
    details: str = ""


class MediaRef(msgspec.Struct, frozen=True):
    """A file at Meta. The id lives 7 days, the `url` 5 minutes; `sha256` is base64 of the digest."""

    id: str | None = None
    mime: str | None = None
    sha256: str | None = None
    filename: str | None = None
    url: str | None = None
    voice: bool = False
    animated: bool = False


class Location(msgspec.Struct, frozen=True):
    latitude: float
    longitude: float
    name: str | None = None
    address: str | None = None
    url: str | None = None


class CardPhone(msgspec.Struct, frozen=True):
    phone: str | None = None
    wa_id: str | None = None
    user_id: str | None = None
    kind: str | None = None


class ContactCard(msgspec.Struct, frozen=True):
    """A shared contact. `origin` "contact_request": the sender's own number, given because we asked."""

    name: str | None = None
    phones: tuple[CardPhone, ...] = ()
    emails: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    organization: str | None = None
    birthday: str | None = None
    origin: str | None = None


class OrderLine(msgspec.Struct, frozen=True):
    product_id: str | None = None
    quantity: Decimal | None = None
    price: Decimal | None = None
    currency: str | None = None


class Order(msgspec.Struct, frozen=True):
    catalog_id: str | None = None
    lines: tuple[OrderLine, ...] = ()

    @property
    def total(self) -> Decimal | None:
        """Sum of the lines; None where a price is missing or currencies differ."""
        priced = [(line.quantity, line.price) for line in self.lines]
        amounts = [count * price for count, price in priced if count is not None and price is not None]
        one_currency = len({line.currency for line in self.lines}) == 1
        return sum(amounts, Decimal(0)) if one_currency and len(amounts) == len(self.lines) else None


class Product(msgspec.Struct, frozen=True):
    catalog_id: str | None = None
    product_id: str | None = None


class Referral(msgspec.Struct, frozen=True):
    """The ad or post that a chat came from."""

    source_url: str | None = None
    source_id: str | None = None
    source_type: str | None = None
    headline: str | None = None
    body: str | None = None
    media_type: str | None = None
    image_url: str | None = None
    video_url: str | None = None
    thumbnail_url: str | None = None
    ctwa_clid: str | None = None
    ref: str | None = None
    welcome_text: str | None = None
