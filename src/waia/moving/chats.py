"""Brings over who talked: a contact and a chat for each number, its alias and its roles."""

from collections.abc import Collection, Iterable
from typing import Any

from waia.accounts.repository import roles as roles_here
from waia.chats.contact_repository import ContactRecord, Contacts
from waia.chats.repository import add_chat_roles, open_chats
from waia.kit.db import Transaction
from waia.moving import repository
from waia.moving.move import Move, Place
from waia.moving.numbers import Who, is_tidy, who_is
from waia.moving.original import OldAlias, OldChatRole
from waia.moving.people import Staff, keywords_of
from waia.moving.progress import Mark, Stage
from waia.moving.tally import Mend, Tally
from waia.whatsapp.people import Sender

AT_ONCE = 200
LONGEST_ALIAS, LONGEST_PHONE = 100, 20
NOBODY, NOBODYS_NAME = "(sin número)", "Sin número"


def in_order(numbers: Iterable[str | None]) -> list[str | None]:
    return sorted(numbers, key=lambda numero: numero or "")


async def bring_chats(move: Move, staff: Staff) -> None:
    numbers = in_order(await move.original.numbers())
    aliases, given = await move.original.all(OldAlias), await move.original.all(OldChatRole)
    keywords, start = keywords_of(staff), move.progress.mark(Stage.CHATS).position
    if not numbers:
        await move.progress.piece(Stage.CHATS, _nothing)
    for first in range(0, len(numbers), AT_ONCE):
        some = numbers[first : first + AT_ONCE]
        is_last = first + AT_ONCE >= len(numbers)
        if start and (some[-1] or "") <= start and not is_last:
            continue
        found: dict[str | None, Place] = {}

        async def work(
            tx: Transaction, tally: Tally, some: list[str | None] = some, last: bool = is_last, found: Any = found
        ) -> Mark:
            found.update(await places_of(tx, move, some, tally))
            await _name(tx, move, found, [each for each in aliases if each.numero in found], tally)
            untouched = await _untouched(tx, move, found)
            mine = [each for each in given if each.numero in untouched]
            await _give_roles(tx, untouched, mine, keywords, tally)
            return Mark(some[-1] or "", done=last)

        await move.progress.piece(Stage.CHATS, work)
        move.chats.update(found)


async def places_of(
    tx: Transaction, move: Move, numbers: Collection[str | None], tally: Tally
) -> dict[str | None, Place]:
    """The chats of these numbers, made where there is none. Keep them in `move.chats` only once they are committed."""
    known = {numero: move.chats[numero] for numero in numbers if numero in move.chats}
    missing = [numero for numero in in_order(set(numbers)) if numero not in known]
    if not missing:
        return known
    contacts = await _contacts(tx, move, missing, tally)
    pairs = {(move.phone_number_id, contact.id) for contact in contacts.values()}
    shown = {contact.id: contact.numero for contact in contacts.values()}
    chats = await open_chats(tx, pairs, shown, move.now())
    for numero, contact in contacts.items():
        known[numero] = Place(chats[move.phone_number_id, contact.id].id, contact.id, contact.numero)
    return known


async def _contacts(
    tx: Transaction, move: Move, numbers: list[str | None], tally: Tally
) -> dict[str | None, ContactRecord]:
    people = {numero: who_is(numero) for numero in numbers}
    contacts = Contacts(tx, move.now())
    await contacts.prefetch(Sender(wa_id=who.phone) for who in people.values() if _is_phone(who))
    called = await repository.contacts_called(tx, {_called(who) for who in people.values() if not _is_phone(who)})
    found: dict[str | None, ContactRecord] = {}
    for numero, who in people.items():
        if _is_phone(who):
            found[numero] = await _by_phone(contacts, numero, who, tally)
        else:
            found[numero] = await _by_name(tx, move, who, called, tally)
    await contacts.save()
    return found


async def _by_phone(contacts: Contacts, numero: str | None, who: Who, tally: Tally) -> ContactRecord:
    sender = Sender(wa_id=who.phone)
    known = contacts.found(sender)
    if known is not None and known.phone != who.phone:
        tally.mend(Mend.SAME_PHONE, f"{known.phone} {who.phone}")
    elif not is_tidy(numero):
        tally.mend(Mend.TIDY_NUMBER, numero)
    if known is None:
        tally.count("contacts_new")
    return known or await contacts.resolve(sender)


async def _by_name(tx: Transaction, move: Move, who: Who, called: dict[str, int], tally: Tally) -> ContactRecord:
    key = _called(who)
    name = (who.called or who.phone or NOBODYS_NAME)[:255]
    if who.called or who.phone:
        tally.mend(Mend.ODD_NUMBER, name)
    if key not in called:
        called[key] = await repository.add_called(tx, key, name, move.now())
        tally.count("contacts_new")
    return ContactRecord(called[key], name, "", "", "")


def _is_phone(who: Who) -> bool:
    return 0 < len(who.phone) <= LONGEST_PHONE


def _called(who: Who) -> str:
    return (who.called or who.phone or NOBODY)[:170]


async def _name(
    tx: Transaction, move: Move, found: dict[str | None, Place], aliases: list[OldAlias], tally: Tally
) -> None:
    rows: dict[int, dict[str, Any]] = {}
    for alias in move.texts.rows(aliases, tally):
        name, place = (alias.nombre or "").strip(), found[alias.numero]
        tally.count("aliases_read")
        if len(name) > LONGEST_ALIAS:
            tally.mend(Mend.TEXT_CUT, name)
        if name:
            row = {"contact_id": place.contact_id, "numero": place.numero, "name": name[:LONGEST_ALIAS]}
            rows.setdefault(place.contact_id, row)
    await repository.add_aliases(tx, list(rows.values()))


async def _give_roles(
    tx: Transaction,
    found: dict[str | None, Place],
    given: list[OldChatRole],
    keywords: dict[int, str],
    tally: Tally,
) -> None:
    ids = {role.keyword: role.id for role in await roles_here(tx).with_keywords(list(keywords.values()))}
    rows: dict[tuple[int, int], dict[str, Any]] = {}
    for each in given:
        tally.count("chat_roles_read")
        if each.role_id not in keywords:
            tally.mend(Mend.NO_SUCH_ROLE, f"chat_roles {each.numero}, {each.role_id}")
            continue
        place, role_id = found[each.numero], ids.get(keywords[each.role_id])
        if role_id is None:
            continue  # somebody removed it here
        rows[place.chat_id, role_id] = {"chat_id": place.chat_id, "role_id": role_id, "numero": place.numero}
    await add_chat_roles(tx, list(rows.values()))


async def _untouched(tx: Transaction, move: Move, found: dict[str | None, Place]) -> dict[str | None, Place]:
    """Where waia itself has said or heard something, people have given roles here."""
    touched = await repository.touched_here(tx, [place.chat_id for place in found.values()], move.marks)
    return {numero: place for numero, place in found.items() if place.chat_id not in touched}


async def _nothing(_tx: Transaction, _tally: Tally) -> Mark:
    return Mark(done=True)
