"""Who is there: told to the pages that show the same chat, in every process, and never for long after they left."""

import asyncio
from datetime import timedelta

from sqlalchemy import insert, update

from tests.chats.stream_world import Office, connect, eventually, serving
from tests.road_world import eventually as sooner_or_later
from waia.chats.models import Presence
from waia.chats.panel.presence import PresenceBoard
from waia.chats.staff_repository import load_staff


async def test_who_has_the_same_chat_open_is_told_and_told_again_when_they_leave(office: Office) -> None:
    chat = await office.add_chat("Carla")
    async with serving(office) as server:
        ana = await connect(office, server, "ana", f"chat={chat}")
        elsewhere = await connect(office, server, "ana")
        beto = await connect(office, server, "beto", f"chat={chat}")
        await ana.until(f'data-user="{office.users["beto"]}">beto<')
        before = len(ana.told)
        await beto.close()
        await eventually(lambda: any("watchers-" in told.data for told in ana.told[before:]), "beto left")
        last = next(told.data for told in reversed(ana.told) if "watchers-" in told.data)
        assert ">beto<" not in last
        assert "watchers-" not in elsewhere.html


async def test_somebody_in_another_process_is_there_too_until_that_process_falls_silent(office: Office) -> None:
    chat, now = await office.add_chat("Carla"), office.clock.real()
    there = {"process": "other", "user_id": office.users["beto"], "chat_id": chat}
    async with office.database.writing() as tx:
        await tx.execute(insert(Presence).values(**there, seen_at=now))
        tx.announce("watchers_changed", chat)
    assert await online(office) == {"beto"}
    async with office.database.writing() as tx:
        await tx.execute(update(Presence).values(seen_at=now - timedelta(seconds=61)))
    assert await online(office) == set()


async def test_pages_are_told_when_a_process_that_died_is_forgotten(office: Office) -> None:
    chat, now = await office.add_chat("Carla"), office.clock.real()
    async with office.database.writing() as tx:
        there = {"process": "dead", "user_id": office.users["ana"], "chat_id": chat}
        await tx.execute(insert(Presence).values(**there, seen_at=now))
    async with serving(office) as server:
        beto = await connect(office, server, "beto", f"chat={chat}")
        await beto.until(">ana<")
        async with office.database.writing() as tx:
            old = update(Presence).where(Presence.process == "dead")
            await tx.execute(old.values(seen_at=now - timedelta(seconds=61)))
        before = len(beto.told)
        board = PresenceBoard(office.database, office.clock, beat_s=0.05)
        board.enter(office.users["dora"], None)
        running = asyncio.create_task(board.run())
        await eventually(lambda: any("watchers-" in told.data for told in beto.told[before:]), "beto is told")
        running.cancel()
        assert ">ana<" not in next(told.data for told in reversed(beto.told) if "watchers-" in told.data)


async def test_an_open_stream_makes_its_person_present(office: Office) -> None:
    async with serving(office) as server:
        ana = await connect(office, server, "ana")

        async def is_there() -> bool:
            return await online(office) == {"ana"}

        await sooner_or_later(is_there, "ana is there")
        assert not ana.ended


async def test_whoever_is_named_in_a_note_is_told_where_they_may_see_the_chat(office: Office) -> None:
    chat, foreign = await office.add_chat("Carla"), await office.add_chat("Diego", role="admin")
    async with serving(office) as server:
        ana = await connect(office, server, "ana")
        async with office.database.writing() as tx:
            for each in (foreign, chat):
                tx.announce("mentioned", each, str(office.users["ana"]))
                tx.announce("mentioned", each, str(office.users["beto"]))
        await ana.until(f'id="toast-call-{chat}"')
        assert f'id="toast-call-{foreign}"' not in ana.html
        assert "Diego" not in ana.html


async def online(office: Office) -> set[str]:
    async with office.database.reading() as tx:
        return {person.name for person in await load_staff(tx, office.clock.real()) if person.is_online}
