"""Checks of the plain message types: text, media, location, contacts, reaction."""

import re
from datetime import date

from waia.simulator.validate import fields
from waia.simulator.wire import Json

CAPTION_MAX = 1024
CONTACTS_MAX = 257

_MEDIA_KEYS = {
    "image": frozenset({"id", "link", "caption"}),
    "video": frozenset({"id", "link", "caption"}),
    "audio": frozenset({"id", "link", "voice"}),
    "document": frozenset({"id", "link", "caption", "filename"}),
    "sticker": frozenset({"id", "link"}),
}
_NAME_PARTS = ("first_name", "last_name", "middle_name", "suffix", "prefix")
_CONTACT_KEYS = frozenset({"name", "phones", "emails", "addresses", "org", "urls", "birthday"})
_LISTED = {
    "phones": frozenset({"phone", "type", "wa_id"}),
    "emails": frozenset({"email", "type"}),
    "urls": frozenset({"url", "type"}),
    "addresses": frozenset({"street", "city", "state", "zip", "country", "country_code", "type"}),
}
_PICTURE = "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
_ONE = f"{_PICTURE}[\ufe0e\ufe0f]?[\U0001f3fb-\U0001f3ff]?[\U000e0020-\U000e007f]*"
_EMOJI = re.compile(
    f"(?:[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_ONE}(?:\u200d{_ONE})*)",
)


def text(content: Json) -> None:
    fields.only(content, frozenset({"body", "preview_url"}), "text")
    fields.text(content, "body", "text", 4096)
    fields.flag(content, "preview_url", "text")


def media(kind: str, content: Json, where: str | None = None) -> None:
    where = where or kind
    fields.only(content, _MEDIA_KEYS[kind], where)
    if ("id" in content) == ("link" in content):
        raise fields.wrong(where, "must have either 'id' or 'link'")
    if "link" in content:
        fields.web_address(content, "link", where)
    else:
        fields.text(content, "id", where, 64)
    fields.optional_text(content, "caption", where, CAPTION_MAX)
    fields.optional_text(content, "filename", where, 240)
    fields.flag(content, "voice", where)


def location(content: Json, where: str = "location") -> None:
    fields.only(content, frozenset({"latitude", "longitude", "name", "address"}), where)
    _coordinate(content, "latitude", where, 90)
    _coordinate(content, "longitude", where, 180)
    fields.strings(content, ("name", "address"), where)


def contacts(cards: list[Json]) -> None:
    for number, card in enumerate(cards):
        _card(card, f"contacts[{number}]")


def reaction(content: Json) -> None:
    """Whether the message reacted to exists is the world's to know."""
    fields.only(content, frozenset({"message_id", "emoji"}), "reaction")
    fields.text(content, "message_id", "reaction", 512)
    emoji = fields.required(content, "emoji", "reaction")
    if not isinstance(emoji, str) or (emoji and not _EMOJI.fullmatch(emoji)):
        raise fields.wrong("reaction['emoji']", "must be one emoji")


def _coordinate(content: Json, key: str, where: str, limit: float) -> None:
    value = fields.required(content, key, where)
    try:
        number = float(value) if not isinstance(value, bool) else limit + 1
    except (TypeError, ValueError):
        number = limit + 1
    if not -limit <= number <= limit:
        raise fields.wrong(f"{where}['{key}']", f"must be a number from -{limit} to {limit}")


def _card(card: Json, where: str) -> None:
    fields.only(card, _CONTACT_KEYS, where)
    name = fields.mapping(card, "name", where)
    fields.only(name, frozenset({"formatted_name", *_NAME_PARTS}), f"{where}['name']")
    fields.text(name, "formatted_name", f"{where}['name']", 1024)
    if not any(name.get(part) for part in _NAME_PARTS):
        raise fields.missing(f"{where}['name']['first_name']")
    for key, allowed in _LISTED.items():
        if key in card:
            _listed(card, key, allowed, where)
    _birthday(card, where)


def _listed(card: Json, key: str, allowed: frozenset[str], where: str) -> None:
    for number, entry in enumerate(fields.items(card, key, where, 0, 257)):
        fields.only(entry, allowed, f"{where}['{key}'][{number}]")
        fields.strings(entry, sorted(allowed), f"{where}['{key}'][{number}]")


def _birthday(card: Json, where: str) -> None:
    fields.strings(card, ("birthday",), where)
    try:
        date.fromisoformat(card.get("birthday") or "2000-01-01")
    except ValueError:
        raise fields.wrong(f"{where}['birthday']", "must be a date YYYY-MM-DD") from None
