"""Finds the contact behind Meta's ids, and keeps the ids' history.

A contact is found by its business-scoped id, else by phone, else by parent id (`cloud-api.md` 3.5). Two ids that
belong to two contacts are never merged silently: the message goes to the owner of the business-scoped id.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from waia.chats.models import Alias, Chat, Contact, ContactIdentity
from waia.chats.search.index_repository import index_contacts
from waia.kit.db import Transaction
from waia.kit.prepared import Prepared
from waia.kit.sql import table_of
from waia.whatsapp.numbers import same_phone
from waia.whatsapp.people import Sender

KINDS = BSUID, PHONE, PARENT, GROUP = "bsuid", "wa_id", "parent", "group"


@dataclass(slots=True)
class ContactRecord:
    id: int
    name: str
    username: str
    phone: str
    user_id: str

    @property
    def numero(self) -> str | None:
        """Digits for the column of the original, None when the number is hidden."""
        return self.phone if self.phone and len(self.phone) <= 20 and self.phone.isdigit() else None


class Contacts:
    """The contacts of one transaction: `prefetch` the people of a batch, then `resolve` each."""

    def __init__(self, tx: Transaction, now: datetime) -> None:
        self._tx, self._now = tx, now
        self._owners: dict[tuple[str, str], int] = {}
        self._records: dict[int, ContactRecord] = {}
        self._new_ids: list[dict[str, Any]] = []
        self._renamed: set[int] = set()

    async def prefetch(self, senders: Iterable[Sender], groups: Iterable[str] = ()) -> None:
        known = list(senders)
        values = {value for sender in known for _, value in _ids(sender)} | set(groups)
        values |= {value for sender in known for value in same_phone(sender.wa_id or "")}
        if not values:
            return
        rows = await self._tx.rows(_OPEN, {"kinds": KINDS, "values": sorted(values)})
        self._owners.update({(row.kind, row.value): row.contact_id for row in rows})
        if rows:
            found = await self._tx.rows(_RECORDS, {"ids": sorted({row.contact_id for row in rows})})
            self._records.update({row.id: ContactRecord(*row) for row in found})

    async def resolve(self, sender: Sender) -> ContactRecord:
        """The contact of these ids, made when nobody has them; missing ids and newer names are added.

        New ids are kept in memory until `save`.
        """
        owners = [self._owners[pair] for pair in _ids(sender) if pair in self._owners] or self._other_spelling(sender)
        contact = self._records[owners[0]] if owners else await self._create("person", sender)
        if len(set(owners)) > 1:
            await self._flag(contact.id, owners)
        self._attach(contact, sender)
        await self._refresh(contact, sender)
        return contact

    async def save(self) -> None:
        """Write the ids that were added, and make new names findable."""
        renamed, self._renamed = self._renamed, set()
        await index_contacts(self._tx, renamed)
        rows, self._new_ids = self._new_ids, []
        if rows:
            await self._tx.change(_NEW_ID, rows)

    async def group(self, group_id: str) -> ContactRecord:
        owner = self._owners.get((GROUP, group_id))
        if owner is not None:
            return self._records[owner]
        contact = await self._create("group", Sender(name=group_id))
        self._open(contact.id, GROUP, group_id)
        return contact

    def known(self, sender: Sender) -> ContactRecord | None:
        """The contact of these ids if there is one; changes nothing."""
        for pair in _ids(sender):
            if pair in self._owners:
                return self._records[self._owners[pair]]
        return None

    def _other_spelling(self, sender: Sender) -> list[int]:
        """Whoever has the same phone, written in the other way that its country knows."""
        pairs = ((PHONE, spelling) for spelling in same_phone(sender.wa_id or ""))
        return [self._owners[pair] for pair in pairs if pair in self._owners]

    def found(self, sender: Sender) -> ContactRecord | None:
        """As `known`, under any spelling of the phone."""
        others = self._other_spelling(sender)
        return self.known(sender) or (self._records[others[0]] if others else None)

    async def replace_ids(self, contact: ContactRecord, new: Sender) -> None:
        """A number or business-scoped id changed: the old one ends, the new one begins on the same contact."""
        await self.save()
        changed = [(kind, value) for kind, value in _ids(new) if self._owners.get((kind, value)) != contact.id]
        for kind, _ in changed:
            await self._tx.execute(
                update(ContactIdentity)
                .where(
                    ContactIdentity.contact_id == contact.id,
                    ContactIdentity.kind == kind,
                    ContactIdentity.open == 1,
                )
                .values(open=None, valid_to=self._now)
            )
        self._attach(contact, new)
        await self._refresh(contact, new)

    async def _create(self, kind: str, sender: Sender) -> ContactRecord:
        ids = dict(_ids(sender))
        shown = {
            "name": (sender.name or "")[:255],
            "username": (sender.username or "")[:100],
            "phone": ids.get(PHONE, "")[:20],
            "user_id": ids.get(BSUID, "")[:160],
        }
        added = await self._tx.change(_NEW_CONTACT, {"kind": kind, "created_at": self._now, **shown})
        record = ContactRecord(added.key, **shown)
        self._records[record.id] = record
        self._renamed.add(record.id)
        return record

    def _attach(self, contact: ContactRecord, sender: Sender) -> None:
        for kind, value in _ids(sender):
            if (kind, value) not in self._owners:
                self._open(contact.id, kind, value)

    def _open(self, contact_id: int, kind: str, value: str) -> None:
        row = {"contact_id": contact_id, "kind": kind, "value": value, "open": 1, "valid_from": self._now}
        self._new_ids.append(row)
        self._owners[(kind, value)] = contact_id

    async def _refresh(self, contact: ContactRecord, sender: Sender) -> None:
        """Show the newest name, user name, phone and id of Meta's."""
        mine = {kind: value for kind, value in _ids(sender) if self._owners.get((kind, value)) == contact.id}
        newest = {
            "name": (sender.name or contact.name)[:255],
            "username": (sender.username or contact.username)[:100],
            "phone": mine.get(PHONE, contact.phone)[:20],
            "user_id": mine.get(BSUID, contact.user_id)[:160],
        }
        changed = {name: value for name, value in newest.items() if getattr(contact, name) != value}
        if not changed:
            return
        for name, value in changed.items():
            setattr(contact, name, value)
        self._renamed.add(contact.id)
        await self._tx.execute(update(Contact).where(Contact.id == contact.id).values(**changed))
        if "phone" in changed:
            await self._renumber(contact)

    async def _renumber(self, contact: ContactRecord) -> None:
        await self._tx.execute(update(Chat).where(Chat.contact_id == contact.id).values(numero=contact.numero))
        await self._tx.execute(update(Alias).where(Alias.contact_id == contact.id).values(numero=contact.numero))

    async def _flag(self, contact_id: int, owners: list[int]) -> None:
        others = ", ".join(str(owner) for owner in dict.fromkeys(owners) if owner != contact_id)
        note = f"ids shared with contact {others}"[:120]
        await self._tx.execute(update(Contact).where(Contact.id == contact_id).values(needs_review=note))


async def contact_records(tx: Transaction, ids: Iterable[int]) -> dict[int, ContactRecord]:
    rows = await tx.rows(_RECORDS, {"ids": sorted(set(ids))})
    return {row.id: ContactRecord(*row) for row in rows}


def _ids(sender: Sender) -> list[tuple[str, str]]:
    """Meta's ids of a person, the strongest first."""
    found: list[tuple[str, Any]] = [
        (BSUID, sender.user_id),
        (PHONE, sender.wa_id),
        (PARENT, sender.parent_user_id),
    ]
    return [(kind, str(value)[:170]) for kind, value in found if value]


_NEW_CONTACT, _NEW_ID = Prepared(insert(table_of(Contact))), Prepared(insert(table_of(ContactIdentity)))
_OPEN = Prepared(
    select(ContactIdentity.kind, ContactIdentity.value, ContactIdentity.contact_id).where(
        ContactIdentity.kind.in_(bindparam("kinds", expanding=True)),
        ContactIdentity.value.in_(bindparam("values", expanding=True)),
        ContactIdentity.open == 1,
    )
)
_RECORDS = Prepared(
    select(Contact.id, Contact.name, Contact.username, Contact.phone, Contact.user_id).where(
        Contact.id.in_(bindparam("ids", expanding=True))
    )
)
