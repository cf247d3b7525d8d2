"""Graph's JSON for each kind of content."""

import re

from waia.whatsapp.content import (
    Audio,
    Buttons,
    Card,
    ContactRequest,
    Contacts,
    Content,
    CtaUrl,
    Document,
    Flow,
    Header,
    HeaderMedia,
    Image,
    ListMenu,
    Location,
    LocationRequest,
    Media,
    Reaction,
    Section,
    Sticker,
    Template,
    Text,
    Video,
)
from waia.whatsapp.template import component_json

Json = dict[str, object]

FLOW_MESSAGE_VERSION = "3"
_URL = re.compile(r"https?://", re.IGNORECASE)


def content_json(content: Content) -> Json:
    match content:
        case Text():
            preview = content.preview_url and bool(_URL.search(content.body))
            return {"type": "text", "text": {"body": content.body, "preview_url": preview}}
        case Image() | Video() | Audio() | Document() | Sticker():
            return _media(content)
        case Location():
            return {"type": "location", "location": _location(content)}
        case Contacts():
            return {"type": "contacts", "contacts": [_card(card) for card in content.cards]}
        case Reaction():
            told = {"message_id": content.message_id, "emoji": content.emoji}
            return {"type": "reaction", "reaction": told}
        case Template():
            return {"type": "template", "template": _template(content)}
        case _:
            return {"type": "interactive", "interactive": _interactive(content)}


def _media(content: Media) -> Json:
    kind = str(content.__struct_config__.tag)
    told = _source(content)
    match content:
        case Image() | Video():
            told |= _given(caption=content.caption)
        case Document():
            told |= _given(caption=content.caption, filename=content.filename)
        case Audio(voice=True):
            told["voice"] = True
    return {"type": kind, kind: told}


def _source(content: Media | HeaderMedia) -> Json:
    """An uploaded file's id goes before a link: it needs no second fetch."""
    return {"id": content.media_id} if content.media_id else {"link": content.link}


def _location(content: Location) -> Json:
    place: Json = {"latitude": content.latitude, "longitude": content.longitude}
    return place | _given(name=content.name, address=content.address)


def _card(card: Card) -> Json:
    """Besides the full name Meta wants at least one part of it."""
    first = card.first_name or ("" if card.last_name else card.formatted_name)
    name = _given(formatted_name=card.formatted_name, first_name=first, last_name=card.last_name)
    return {"name": name} | _given(
        phones=[_given(phone=each.phone, type=each.kind, wa_id=each.wa_id) for each in card.phones],
        emails=[{"email": email} for email in card.emails],
        urls=[{"url": url} for url in card.urls],
        org=_given(company=card.company, title=card.title),
        birthday=card.birthday,
    )


def _template(content: Template) -> Json:
    components = [component_json(component) for component in content.components]
    language = {"code": content.language}
    return {"name": content.name, "language": language} | _given(components=components)


Interactive = Buttons | ListMenu | CtaUrl | Flow | LocationRequest | ContactRequest


def _interactive(content: Interactive) -> Json:
    kind, action = _action(content)
    body = {"text": content.body}
    return {"type": kind, **_header(content), "body": body, **_footer(content), "action": action}


def _action(content: Interactive) -> tuple[str, Json]:
    """The interactive type and what it offers."""
    match content:
        case Buttons():
            return "button", _buttons_action(content)
        case ListMenu():
            sections = [_section(section) for section in content.sections]
            return "list", {"button": content.button, "sections": sections}
        case CtaUrl():
            parameters = {"display_text": content.label, "url": content.url}
            return "cta_url", {"name": "cta_url", "parameters": parameters}
        case Flow():
            return "flow", {"name": "flow", "parameters": _flow_parameters(content)}
        case LocationRequest():
            return "location_request_message", {"name": "send_location"}
        case ContactRequest():
            return "request_contact_info", {"name": "request_contact_info"}


def _header(content: Interactive) -> Json:
    if isinstance(content, LocationRequest | ContactRequest):
        return {}
    header = Header(text=content.header) if isinstance(content, ListMenu) else content.header
    if header.media is None:
        return {"header": {"type": "text", "text": header.text}} if header.text else {}
    media = header.media
    file = _source(media) | _given(filename=media.filename)
    return {"header": {"type": media.kind, media.kind: file}}


def _footer(content: Interactive) -> Json:
    if isinstance(content, LocationRequest | ContactRequest) or not content.footer:
        return {}
    return {"footer": {"text": content.footer}}


def _buttons_action(content: Buttons) -> Json:
    replies = [{"id": button.id, "title": button.title} for button in content.buttons]
    return {"buttons": [{"type": "reply", "reply": reply} for reply in replies]}


def _section(section: Section) -> Json:
    rows = [_given(id=row.id, title=row.title, description=row.description) for row in section.rows]
    return _given(title=section.title) | {"rows": rows}


def _flow_parameters(content: Flow) -> Json:
    payload = _given(screen=content.screen, data=content.values)
    return {"flow_message_version": FLOW_MESSAGE_VERSION, "flow_cta": content.label} | _given(
        flow_id=content.flow_id,
        flow_name=content.flow_name,
        flow_token=content.token,
        mode="draft" if content.draft else "",
        flow_action="data_exchange" if content.data_exchange else "navigate" if content.screen else "",
        flow_action_payload={} if content.data_exchange else payload,
    )


def _given(**fields: object) -> Json:
    """Only the fields that hold something: Meta refuses empty ones."""
    return {name: value for name, value in fields.items() if value}
