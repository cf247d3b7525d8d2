"""Chats that nobody touched for long leave the lists of every day, are still found, and come back with their owner."""

from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select

from tests.alerts.world import Watchtower
from tests.chats.panel_world import NOW
from waia.accounts.models import User
from waia.chats.models import Chat
from waia.chats.repository import load_chats, save_chats
from waia.workers.archiving import ArchiveWorker

OLD, YOUNG = NOW - timedelta(days=91), NOW - timedelta(days=89)


async def archive(tower: Watchtower) -> None:
    parts = tower.shop.parts
    worker = ArchiveWorker(parts.database, tower.clock, parts.rules)
    while await worker.step() == 0:
        pass


async def owner_of(tower: Watchtower, chat: int) -> Any:
    async with tower.shop.parts.database.reading() as tx:
        return (await tx.execute(select(Chat.owner_id).where(Chat.id == chat))).scalar_one()


async def test_only_what_nobody_touched_and_nobody_waits_in_is_archived(each_tower: Watchtower) -> None:
    tower, shop = each_tower, each_tower.shop
    old = await shop.add_chat("Vieja", last_message_at=OLD)
    await shop.add_chat("Joven", last_message_at=YOUNG)
    await shop.add_chat("Espera", last_message_at=OLD, unanswered_since=OLD)
    await shop.add_chat("Tomada", last_message_at=OLD, last_activity=YOUNG)
    await archive(tower)
    async with shop.browser("ana") as ana:
        assert (await ana.get("/?vista=archivados")).ids("chat") == [old]
        assert (await ana.get("/?q=Vieja", "chat-results")).ids("chat") == [old]
        assert old not in (await ana.get("/")).ids("chat")
        assert (await ana.act("DELETE", f"/chats/{old}/archivo")).status == 200
        await archive(tower)
        assert old in (await ana.get("/")).ids("chat")


async def test_a_returning_customer_brings_the_chat_back_with_its_owner(tower: Watchtower) -> None:
    shop = tower.shop
    gone = await shop.add(User, username="gil", password_hash="!", disabled_at=NOW)
    theirs = await shop.add_chat("De Ana", last_message_at=OLD, last_owner_id=shop.users["ana"])
    lost = await shop.add_chat("De otro rol", role="admin", last_message_at=OLD, last_owner_id=shop.users["ana"])
    left = await shop.add_chat("De Gil", last_message_at=OLD, last_owner_id=gone)
    nobodys = await shop.add_chat("De nadie", last_message_at=OLD)
    await archive(tower)
    async with shop.parts.database.writing() as tx:
        chats = await load_chats(tx, [theirs, lost, left, nobodys])
        for chat in chats.values():
            assert chat.archived_at is not None
            chat.hear_customer(NOW)
        await save_chats(tx, chats.values(), NOW)
    assert [await owner_of(tower, chat) for chat in (theirs, lost, left, nobodys)] == [
        shop.users["ana"], None, None, None,
    ]  # fmt: skip
    async with shop.browser("ana") as ana:
        assert (await ana.get("/?vista=mios")).ids("chat") == [theirs]


async def test_as_many_as_there_are_are_archived_in_steps(tower: Watchtower) -> None:
    chats = [await tower.shop.add_chat(f"c{number}", last_message_at=OLD) for number in range(3)]
    rows = [
        {"contact_id": await _contact(tower, number), "phone_number_id": "1", "bot_memory": {}, "last_message_at": OLD}
        for number in range(130)
    ]
    await tower.shop.change(insert(Chat), rows)
    await archive(tower)
    async with tower.shop.parts.database.reading() as tx:
        left = (await tx.execute(select(Chat.id).where(Chat.archived_at.is_(None)))).all()
    assert left == []
    assert chats


async def _contact(tower: Watchtower, number: int) -> int:
    from waia.chats.models import Contact

    return await tower.shop.add(Contact, name=f"n{number}", created_at=NOW)
