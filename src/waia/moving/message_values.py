"""What a message of the original is here: who said it, of which kind, with which file or menu. No database."""

import json
from dataclasses import dataclass
from typing import Any

from waia.bot.models import RuleKind, parse_menu
from waia.moving.original import OldMessage
from waia.moving.uploads import Uploads, shown_name

FILES = frozenset({"image", "video", "audio", "document", "sticker"})
OTHERS = frozenset({"location", "contacts", "template"})
INBOUND = {"cliente": "text", "audio": "audio", "video": "video", "referral": "text"}
VOICE = ("audio/ogg", ".ogg", ".opus")
LONGEST_LINK = 2_000


@dataclass(frozen=True, slots=True)
class Said:
    """`upload` names a file of the folder; `link` is an address elsewhere; `knows_tipo`: it was one of its names."""

    direction: str
    author: str
    kind: str
    details: dict[str, Any]
    upload: str | None = None
    link: str | None = None
    knows_tipo: bool = True

    @property
    def has_file(self) -> bool:
        return self.kind in FILES or self.kind == "voice"


def said_in(row: OldMessage, uploads: Uploads) -> Said:
    """By the beginning of `tipo`, as everywhere in the original; what has none of its names came from the customer."""
    tipo = (row.tipo or "").strip().lower()
    base, _, suffix = tipo.partition("_")
    if base in {"bot", "asesor"}:
        return _sent(row, "bot" if base == "bot" else "user", suffix, uploads)
    kind = suffix if base == "cliente" and suffix in FILES | OTHERS else INBOUND.get(base)
    return _received(row, kind or "text", uploads, knows_tipo=kind is not None)


def _received(row: OldMessage, kind: str, uploads: Uploads, *, knows_tipo: bool) -> Said:
    details: dict[str, Any] = {}
    upload = uploads.name_in(row.media_url, row.media_id) if kind in FILES else None
    if kind == "audio" and ((row.mime_type or "").startswith(VOICE[0]) or (upload or "").endswith(VOICE[1:])):
        kind = "voice"
    if referral := _referral(row):
        details["referral"] = referral
    if kind == "document" and upload:
        details["filename"] = shown_name(upload)
    return Said("in", "customer", kind, details, upload, _link(row, upload), knows_tipo)


def _sent(row: OldMessage, author: str, suffix: str, uploads: Uploads) -> Said:
    if suffix in FILES:
        upload = uploads.name_in(row.media_url)
        link = _link(row, upload)
        named = {"filename": shown_name(upload)} if suffix == "document" and upload else {}
        return Said("out", author, suffix, named | ({"link": link} if link else {}), upload, link)
    if suffix == "flow":
        return Said("out", author, "flow", {})
    kind, details = menu_in(row.media_url)
    return Said("out", author, kind, details)


def menu_in(options: str | None) -> tuple[str, dict[str, Any]]:
    """`buttons` or `list` with what a bubble shows of it; a text has no options, or none that can be read."""
    if not (options or "").lstrip().startswith(("{", "[")):
        return "text", {}
    kind = RuleKind.BUTTONS if _holds_buttons(options or "") else RuleKind.LIST
    menu = parse_menu(options, kind)
    if menu is None:
        return "text", {}
    shown = [{"id": each.id, "title": each.title, "description": each.description} for each in menu.options]
    told = {"header": menu.header, "footer": menu.footer, "button": menu.button, "options": shown}
    sections = [{"title": section.title, "rows": len(section.options)} for section in menu.sections]
    if any(section["title"] for section in sections):
        told["sections"] = sections
    return ("buttons" if kind is RuleKind.BUTTONS else "list"), {name: value for name, value in told.items() if value}


def _holds_buttons(options: str) -> bool:
    try:
        content = json.loads(options)
    except (ValueError, RecursionError):
        return False
    return isinstance(content, list) and any(isinstance(each, dict) and "reply" in each for each in content)


def _referral(row: OldMessage) -> dict[str, str]:
    told = {
        "source_url": row.link_url,
        "headline": row.link_title,
        "body": row.link_body,
        "thumbnail_url": row.link_thumb,
    }
    return {name: value for name, value in told.items() if value}


def _link(row: OldMessage, upload: str | None) -> str | None:
    url = (row.media_url or "").strip()
    return url[:LONGEST_LINK] if upload is None and url.startswith(("http://", "https://")) else None
