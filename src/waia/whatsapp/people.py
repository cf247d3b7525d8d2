"""Who a message is from: ids that come and go, matched to the contact cards by id, never by position."""

import msgspec

from waia.whatsapp.fields import elements, identifier, node, phone, username
from waia.whatsapp.lenient_json import Node


class Sender(msgspec.Struct, frozen=True):
    """What one payload tells about a person. `user_id` (BSUID) is the identity; the phone may be hidden."""

    wa_id: str | None = None
    user_id: str | None = None
    parent_user_id: str | None = None
    username: str | None = None
    name: str | None = None

    @property
    def is_known(self) -> bool:
        return bool(self.wa_id or self.user_id or self.parent_user_id)


class ContactBook:
    """The `contacts[]` of one payload, found by id."""

    def __init__(self, contacts: object) -> None:
        self._all = [contact for contact in elements(contacts) if isinstance(contact, dict)]
        self._by_user_id = {identifier(contact.get("user_id")): contact for contact in reversed(self._all)}
        self._by_wa_id = {phone(contact.get("wa_id")): contact for contact in reversed(self._all)}

    def find(self, user_id: str | None, wa_id: str | None) -> Node:
        """The card of this person, or an empty one. Without any id the only card is the sender's."""
        if not user_id and not wa_id:
            return self._all[0] if len(self._all) == 1 else {}
        if user_id and user_id in self._by_user_id:
            return self._by_user_id[user_id]
        card = self._by_wa_id.get(wa_id, {}) if wa_id else {}
        other = identifier(card.get("user_id"))
        return {} if user_id and other and other != user_id else card


def person(card: Node, user_id: object, wa_id: object, parent_user_id: object = None) -> Sender:
    """A message's own ids first, completed from the contact card that belongs to it."""
    profile = node(card.get("profile"))
    return Sender(
        wa_id=phone(wa_id) or phone(card.get("wa_id")),
        user_id=identifier(user_id) or identifier(card.get("user_id")),
        parent_user_id=identifier(parent_user_id) or identifier(card.get("parent_user_id")),
        username=username(profile.get("username")) or username(card.get("username")),
        name=identifier(profile.get("name")),
    )


def participant(status: Node) -> str | None:
    """Who of a group a status is about; the name of the key has two spellings in the wild."""
    return (
        identifier(status.get("recipient_participant_user_id"))
        or identifier(status.get("participant_recipient_user_id"))
        or phone(status.get("recipient_participant_id"))
        or phone(status.get("participant_recipient_id"))
    )
