"""What a customer can say, as the typed part of a message object (`type` and the object of that name)."""

from collections.abc import Iterator, Sequence

from waia.simulator.graph_errors import webhook_error
from waia.simulator.wire import Json


def text(body: str) -> Json:
    return {"type": "text", "text": {"body": body}}


def tap(payload: Json, option_id: str, title: str | None = None) -> Json:
    """The answer to a message of ours that offers this option: a button, a row, a template's button."""
    if payload.get("type") == "template":
        return template_button(option_id, title or option_id)
    action = payload.get("interactive", {}).get("action", {})
    for reply in _replies(action):
        if reply["id"] == option_id:
            return reply_button(option_id, title or reply["title"])
    for row in (row for section in action.get("sections", []) for row in section.get("rows", [])):
        if row["id"] == option_id:
            return list_row(option_id, title or row["title"], row.get("description"))
    raise ValueError(f"The message offers no option {option_id!r}")


def _replies(action: Json) -> Iterator[Json]:
    """Reply buttons, those on the cards of a carousel included."""
    for holder in (action, *(card.get("action", {}) for card in action.get("cards", []))):
        for button in holder.get("buttons", []):
            yield button.get("reply") or button.get("quick_reply") or {"id": None}


def reply_button(option_id: str, title: str) -> Json:
    reply = {"id": option_id, "title": title}
    return {"type": "interactive", "interactive": {"type": "button_reply", "button_reply": reply}}


def list_row(option_id: str, title: str, description: str | None = None) -> Json:
    reply = {"id": option_id, "title": title}
    if description:
        reply["description"] = description
    return {"type": "interactive", "interactive": {"type": "list_reply", "list_reply": reply}}


def template_button(payload: str, title: str) -> Json:
    return {"type": "button", "button": {"payload": payload, "text": title}}


def flow(response_json: str | None, name: str = "flow", body: str = "Sent") -> Json:
    """`response_json` is a string of JSON; a broken one and None are seen in the wild."""
    reply = {"name": name, "body": body, "response_json": response_json}
    return {"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": reply}}


def call_permission(response: str, expires_at: int | None = None) -> Json:
    reply: Json = {"response": response, "response_source": "user_action"}
    if expires_at is not None:
        reply["expiration_timestamp"] = expires_at
    told = {"type": "call_permission_reply", "call_permission_reply": reply}
    return {"type": "interactive", "interactive": told}


def payment(method: str, timestamp: int, reference_id: str) -> Json:
    """Brazil only."""
    paid = {
        "payment_method": method,
        "payment_timestamp": timestamp,
        "reference_id": reference_id,
        "last_four_digits": "1234",
        "credential_id": "1234567890",
    }
    return {"type": "interactive", "interactive": {"type": "payment_method", "payment_method": paid}}


def location(latitude: float, longitude: float, name: str | None = None, address: str | None = None) -> Json:
    place: Json = {"latitude": latitude, "longitude": longitude}
    place |= {key: value for key, value in (("name", name), ("address", address)) if value}
    return {"type": "location", "location": place}


def contacts(cards: Sequence[Json]) -> Json:
    return {"type": "contacts", "contacts": list(cards)}


def order(catalog_id: str, items: Sequence[Json], note: str = "") -> Json:
    return {"type": "order", "order": {"catalog_id": catalog_id, "text": note, "product_items": list(items)}}


def reaction(wamid: str, emoji: str | None) -> Json:
    """None: the reaction was taken back, and the key is left out as Meta does."""
    told = {"message_id": wamid} if emoji is None else {"message_id": wamid, "emoji": emoji}
    return {"type": "reaction", "reaction": told}


def edit(wamid: str, new_text: str) -> Json:
    return {"type": "edit", "edit": {"original_message_id": wamid, "message": text(new_text)}}


def revoke(wamid: str) -> Json:
    return {"type": "revoke", "revoke": {"original_message_id": wamid}}


def request_welcome() -> Json:
    return {"type": "request_welcome"}


def unsupported(what: str = "unknown", code: int = 131051) -> Json:
    """131051: a type the API does not carry (poll, edit, view-once); 131060: lost content; 130501: groups."""
    details = "Message type is currently not supported." if code == 131051 else ""
    return {"type": "unsupported", "errors": [webhook_error(code, details)], "unsupported": {"type": what}}


def unknown(kind: str = "hologram") -> Json:
    """A type that nobody has heard of yet."""
    return {"type": kind, kind: {"id": "1", "shape": "new"}}
