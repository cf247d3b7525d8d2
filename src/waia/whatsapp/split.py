"""Splits a webhook body into items on the way in: every entry, change and array, nothing left behind."""

from collections.abc import Callable, Iterator

from waia.whatsapp.changes import Change, changes, envelopes
from waia.whatsapp.fields import elements, identifier, node, phone, text
from waia.whatsapp.items import Item, ItemKind, Split, bounded, content_key
from waia.whatsapp.lenient_json import Node, Unreadable, decode, encode
from waia.whatsapp.people import ContactBook, participant

UNKNOWN_LANE = "-"


def split(body: bytes) -> Split:
    """The items of a signed body, change by change, messages first; never raises."""
    try:
        found = envelopes(decode(body))
    except Unreadable:
        return Split((), unparsable=True)
    items = [item for envelope in found for change in changes(envelope) for item in _items(change)]
    return Split(tuple(items), unparsable=not found)


def _items(change: Change) -> Iterator[Item]:
    parts = {key: make for key, make in _PARTS.items() if key in change.value and change.field != "flows"}
    if not parts:
        yield _account_item(change, change.value)
        return
    contacts = ContactBook(change.value.get("contacts"))
    for key, make in parts.items():
        for part in elements(change.value[key]):
            yield from (make(change, contacts, part) if isinstance(part, dict) else [_unknown_item(change, part)])


def _message_items(change: Change, contacts: ContactBook, message: Node) -> Iterator[Item]:
    if change.field == "history":
        yield _media_of_history(change, contacts, message)
        return
    user_id, wa_id = identifier(message.get("from_user_id")), phone(message.get("from"))
    contact = contacts.find(user_id, wa_id)
    lane = identifier(message.get("group_id")) or _lane_of(message, contact) or wa_id
    yield _item(ItemKind.MESSAGE, change, message, _own_id(message), _chat_lane(change, lane), contact=contact)


def _lane_of(message: Node, contact: Node) -> str | None:
    return (
        identifier(message.get("from_user_id"))
        or identifier(contact.get("user_id"))
        or identifier(node(message.get("system")).get("previous_user_id"))
    )


def _media_of_history(change: Change, contacts: ContactBook, message: Node) -> Item:
    """Repeats the id of a placeholder that came before it, so it needs a key of its own."""
    own = identifier(message.get("id"))
    contact = contacts.find(identifier(message.get("from_user_id")), phone(message.get("from")))
    lane = f"h:{_chat_lane(change, phone(message.get('from')))}"
    return _item(ItemKind.HISTORY, change, message, own and f"m:{own}", lane, contact=contact)


def _echo_items(change: Change, contacts: ContactBook, message: Node) -> Iterator[Item]:
    user_id, wa_id = identifier(message.get("to_user_id")), phone(message.get("to"))
    contact = contacts.find(user_id, wa_id) if user_id or wa_id else {}
    lane = _chat_lane(change, user_id or identifier(contact.get("user_id")) or wa_id)
    yield _item(ItemKind.ECHO, change, message, _own_id(message), lane, contact=contact)


def _history_items(change: Change, contacts: ContactBook, chunk: Node) -> Iterator[Item]:
    for error in elements(chunk.get("errors")):
        yield from _error_items(change, contacts, node(error))
    for thread in elements(chunk.get("threads")):
        customer = {"id": node(thread).get("id"), **node(node(thread).get("context"))}
        told = identifier(customer.get("user_id")) or phone(customer.get("wa_id")) or phone(customer["id"])
        lane = f"h:{_chat_lane(change, told)}"
        around: Node = {"thread": customer, "chunk": chunk.get("metadata")}
        for message in elements(node(thread).get("messages")):
            if isinstance(message, dict):
                yield _item(ItemKind.HISTORY, change, message, _own_id(message), lane, **around)


def _status_items(change: Change, contacts: ContactBook, status: Node) -> Iterator[Item]:
    own, state = identifier(status.get("id")), text(status.get("status"))
    lane = bounded(f"st:{own or UNKNOWN_LANE}")
    if status.get("type") == "call" or (own or "").startswith("wacid."):
        yield _item(ItemKind.CALL_STATUS, change, status, own and f"c:{own}:{state}", lane)
        return
    user_id, wa_id = identifier(status.get("recipient_user_id")), phone(status.get("recipient_id"))
    contact = contacts.find(user_id, wa_id) if user_id or wa_id else {}
    key = own and f"s:{own}:{state}:{participant(status) or ''}"
    yield _item(ItemKind.STATUS, change, status, key, lane, contact=contact)


def _call_items(change: Change, contacts: ContactBook, call: Node) -> Iterator[Item]:
    own = identifier(call.get("id"))
    side = "to" if text(call.get("direction")) == "BUSINESS_INITIATED" else "from"
    user_id, wa_id = identifier(call.get(f"{side}_user_id")), phone(call.get(side))
    contact = contacts.find(user_id, wa_id)
    lane = _chat_lane(change, user_id or identifier(contact.get("user_id")) or wa_id)
    yield _item(ItemKind.CALL, change, call, own and f"c:{own}:{text(call.get('event'))}", lane, contact=contact)


def _preference_items(change: Change, contacts: ContactBook, preference: Node) -> Iterator[Item]:
    user_id, wa_id = identifier(preference.get("user_id")), phone(preference.get("wa_id"))
    contact = contacts.find(user_id, wa_id)
    lane = _chat_lane(change, user_id or identifier(contact.get("user_id")) or wa_id)
    yield _item(ItemKind.PREFERENCE, change, preference, None, lane, contact=contact)


def _contact_items(change: Change, contacts: ContactBook, sync: Node) -> Iterator[Item]:
    card = node(sync.get("contact"))
    lane = _chat_lane(change, identifier(card.get("user_id")) or phone(card.get("phone_number")))
    yield _item(ItemKind.CONTACT_SYNC, change, sync, None, lane)


def _error_items(change: Change, contacts: ContactBook, error: Node) -> Iterator[Item]:
    yield _item(ItemKind.ERROR, change, error, None, _account_lane(change))


def _group_items(change: Change, contacts: ContactBook, event: Node) -> Iterator[Item]:
    yield _account_item(change, event)


def _account_item(change: Change, event: Node) -> Item:
    return _item(ItemKind.ACCOUNT, change, event, None, _account_lane(change))


def _unknown_item(change: Change, part: object) -> Item:
    return _item(ItemKind.UNKNOWN, change, part, None, _account_lane(change))


def _own_id(message: Node) -> str | None:
    return identifier(message.get("id"))


def _chat_lane(change: Change, person: str | None) -> str:
    return bounded(f"{change.phone_number_id or UNKNOWN_LANE}:{person or UNKNOWN_LANE}")


def _account_lane(change: Change) -> str:
    return bounded(f"acct:{change.waba_id or change.phone_number_id or UNKNOWN_LANE}")


def _item(kind: ItemKind, change: Change, part: object, key: str | None, lane: str, **around: object) -> Item:
    told: Node = {
        "field": change.field,
        "waba_id": change.waba_id,
        "time": change.time,
        "metadata": change.value.get("metadata"),
        "standby": change.standby,
        **around,
        "item": part,
    }
    payload = encode({name: value for name, value in told.items() if value})
    dedupe_key = bounded(key) if key else content_key(payload)
    return Item(kind, dedupe_key, lane, change.phone_number_id, change.waba_id, payload)


_PARTS: dict[str, Callable[[Change, ContactBook, Node], Iterator[Item]]] = {
    "messages": _message_items,
    "message_echoes": _echo_items,
    "history": _history_items,
    "statuses": _status_items,
    "calls": _call_items,
    "user_preferences": _preference_items,
    "state_sync": _contact_items,
    "groups": _group_items,
    "automatic_events": _group_items,
    "errors": _error_items,
}
