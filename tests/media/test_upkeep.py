"""Files and rows stay together: unused and unknown bytes go, lost ones are said, and people can be erased."""

import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.chats.panel_world import NOW, Shop
from tests.media.shelf import Shelved, put_file
from waia.accounts.models import AuditEntry
from waia.chats.erasure import erase, find_contact, what_there_is
from waia.chats.models import Chat, Contact, Message
from waia.kit.columns import Model
from waia.kit.errors import NotFound
from waia.media.models import Media, MediaFile
from waia.media.storage import new_key
from waia.media.values import Scope
from waia.quick_replies.models import QuickReply, QuickReplyMedia

PHOTO = b"\xff\xd8\xff\xe0" + os.urandom(1000)
YEAR = timedelta(days=366)
DAYS = {"image": 365}


@pytest.fixture
async def shop(tmp_path: Path, database_url: str) -> AsyncIterator[Shop]:
    shop = await Shop.open(tmp_path, database_url)
    yield shop
    await shop.close()


async def keys(shop: Shop) -> set[str]:
    return {stored.key async for stored in shop.parts.storage.stored()}


async def states(shop: Shop) -> list[tuple[str, str]]:
    async with shop.parts.database.reading() as tx:
        return [tuple(row) for row in await tx.execute(select(Media.state, Media.reason).order_by(Media.id))]


async def put_stray(shop: Shop) -> None:
    """Bytes that no row knows, as a process leaves them that dies between the rename and the row."""
    writer = await shop.parts.storage.create()
    await writer.write(b"stray")
    await writer.commit(new_key("ab" * 32))


async def lent_to_a_quick_reply(shop: Shop, file: Shelved) -> None:
    reply = await shop.add(QuickReply, text="hola")
    await shop.add(QuickReplyMedia, quick_reply_id=reply, url=file.address, file_id=file.file_id)


async def test_the_sweep_takes_what_nobody_uses_and_no_row_knows_and_nothing_else(shop: Shop) -> None:
    chat_id = await shop.add_chat()
    shown = await put_file(shop, PHOTO, chat_id=chat_id)
    lent = await put_file(shop, PHOTO, scope=Scope.REPLY)
    await lent_to_a_quick_reply(shop, lent)
    draft = await put_file(shop, PHOTO, scope=Scope.DRAFT, owner="ana", chat_id=chat_id)
    await put_stray(shop)
    assert str(await shop.parts.upkeep.sweep(NOW)).endswith("freed 0 bytes"), "what is young may still be needed"
    assert len(await keys(shop)) == 4
    async with shop.parts.database.writing() as tx:
        await tx.execute(update(Media).where(Media.public_id == lent.public_id).values(scope="chat"))
    swept = await shop.parts.upkeep.sweep(shop.parts.clock.real() + YEAR)
    assert (swept.without_row, swept.drafts, swept.without_use) == (1, 1, 1)
    assert swept.size == len(PHOTO) + len(b"stray")
    assert await keys(shop) == {shown.key, lent.key}
    assert draft.key not in await keys(shop)


async def test_a_row_without_bytes_is_fetched_again_while_meta_has_it_and_else_says_so(shop: Shop) -> None:
    chat_id = await shop.add_chat()
    ours, theirs = await put_file(shop, PHOTO, chat_id=chat_id), await put_file(shop, PHOTO, chat_id=chat_id)
    again = {"graph_id": "123", "give_up_at": NOW + timedelta(days=7)}
    async with shop.parts.database.writing() as tx:
        await tx.execute(update(Media).where(Media.public_id == theirs.public_id).values(**again))
    for file in (ours, theirs):
        await shop.parts.storage.remove(file.key)
    swept = await shop.parts.upkeep.sweep(NOW)
    assert swept.without_bytes == 2
    assert await states(shop) == [("unavailable", "gone"), ("pending", "gone")]


async def test_retention_says_first_what_would_go_and_takes_exactly_that(shop: Shop) -> None:
    chat_id = await shop.add_chat()
    old, lent = await put_file(shop, PHOTO, chat_id=chat_id), await put_file(shop, PHOTO, chat_id=chat_id)
    await lent_to_a_quick_reply(shop, lent)
    document = await put_file(shop, b"%PDF-1.4 x", chat_id=chat_id)
    upkeep = shop.parts.upkeep
    assert [(each.count, each.size) for each in await upkeep.would_go(DAYS, NOW)] == [(0, 0)]
    (told,) = await upkeep.would_go(DAYS, NOW + YEAR)
    assert (told.kind, told.count, told.size) == ("image", 2, len(PHOTO))
    assert await states(shop) == [("ready", "")] * 3, "saying so changes nothing"
    swept = await upkeep.apply_retention(DAYS, NOW + YEAR)
    assert (swept.without_use, swept.size) == (1, told.size)
    assert await keys(shop) == {lent.key, document.key}
    assert await states(shop) == [("unavailable", "retention")] * 2 + [("ready", "")]
    async with shop.parts.database.reading() as tx:
        assert len(list(await tx.execute(select(Message.id).where(Message.chat_id == chat_id)))) == 3
    async with shop.browser("ana") as ana:
        assert (await ana.http.get(old.address)).status_code == 404


async def test_a11_a_person_is_erased_with_all_rows_and_files_and_a_report(shop: Shop) -> None:
    """A11: files went with nobody; now they go with the person, and the trail says that it was done."""
    carla, diego = await shop.add_chat("Carla Gómez"), await shop.add_chat("Diego")
    mine, other = await put_file(shop, PHOTO, chat_id=carla), await put_file(shop, PHOTO, chat_id=diego)
    await shop.add_message(carla, "mi dirección es secreta")
    phone = await _phone(shop, carla)
    database, now = shop.parts.database, shop.parts.clock.real()
    contact_id = await find_contact(database, f"+{phone[:2]} {phone[2:]}")
    before = await what_there_is(database, contact_id)
    assert (before.rows["mensajes"], before.rows["chat_state"], before.files) == (2, 1, 1)
    erased = await erase(database, shop.parts.upkeep, contact_id, now)
    assert (erased.rows, erased.files, erased.size) == (before.rows, 1, len(PHOTO))
    assert await keys(shop) == {other.key}
    async with database.reading() as tx:
        assert list((await tx.execute(select(Chat.id))).scalars()) == [diego]
        assert list((await tx.execute(select(Media.public_id))).scalars()) == [other.public_id]
        assert len(list(await tx.execute(select(MediaFile.id)))) == 1
        entry = (await tx.execute(select(AuditEntry).where(AuditEntry.action == "contact.erased"))).one()
        assert phone not in str(entry)
        for table in Model.metadata.sorted_tables:
            left = str(list(await tx.execute(select(table))))
            assert not [told for told in (phone, "Carla Gómez", "es secreta") if told in left], table.name
    with pytest.raises(NotFound):
        await find_contact(database, phone)
    async with shop.browser("beto") as beto:
        assert (await beto.http.get(mine.address)).status_code == 404
        assert (await beto.http.get(f"/chats/{carla}")).status_code == 404


async def _phone(shop: Shop, chat_id: int) -> str:
    async with shop.parts.database.reading() as tx:
        wanted = select(Contact.phone).join(Chat, Chat.contact_id == Contact.id).where(Chat.id == chat_id)
        return str((await tx.execute(wanted)).scalar_one())
