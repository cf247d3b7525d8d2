"""No gap, whatever breaks: cuts, restarts, pruned or foreign logs, stalled readers, shutdowns, crowds."""

import asyncio
import random

import pytest
from sqlalchemy import delete, update

from tests.chats.stream_world import Client, Office, ask, connect, eventually, serving
from waia.accounts.models import UserRole
from waia.chats.panel import hub
from waia.chats.panel.feed import Pace
from waia.kit.events import Counter, Event


async def test_what_happened_between_page_and_stream_arrives(office: Office) -> None:
    chat = await office.add_chat("Carla")
    position = await office.position()
    missed = await office.receive(chat)
    async with serving(office) as server:
        ana = await connect(office, server, "ana", f"desde={position.seq}&epoca={position.epoch}&chat={chat}")
        await ana.until(f'id="message-{missed}"')


async def test_a_page_may_be_ahead_of_the_process_that_streams(office: Office) -> None:
    chat = await office.add_chat("Carla")
    async with serving(office) as server:
        await connect(office, server, "ana")
        async with office.database.writing() as tx:
            await office.receive_in(tx, chat, "recién")
        position = await office.position()
        ana = await connect(office, server, "ana", f"desde={position.seq}&epoca={position.epoch}&chat={chat}")
        message = await office.receive(chat, "después")
        await ana.until(f'id="message-{message}"')
        assert "reset" not in ana.words


async def test_the_last_event_seen_wins_over_the_page(office: Office) -> None:
    chat = await office.add_chat("Carla")
    start = await office.position()
    first = await office.receive(chat)
    seen = await office.position()
    second = await office.receive(chat)
    async with serving(office) as server:
        query = f"desde={start.seq}&epoca={start.epoch}&chat={chat}"
        ana = await connect(office, server, "ana", query, last_id=str(seen.seq))
        await ana.until(f'id="message-{second}"')
        assert ana.messages() == {second}
        assert first not in ana.messages()


async def test_a_long_absence_is_replayed_page_by_page(office: Office) -> None:
    chat = await office.add_chat("Carla")
    position = await office.position()
    async with office.database.writing() as tx:
        missed = {await office.receive_in(tx, chat, f"mensaje {n}") for n in range(hub.PAGE_SIZE + 100)}
    async with serving(office) as server:
        ana = await connect(office, server, "ana", f"desde={position.seq}&epoca={position.epoch}&chat={chat}")
        await eventually(lambda: ana.messages() >= missed, "all missed messages")
        assert ana.messages() == missed


@pytest.mark.parametrize("query", ["desde=1&epoca={epoch}", "desde={seq}&epoca=7", "desde=999999&epoca={epoch}"])
async def test_a_page_whose_history_is_gone_must_reload(office: Office, query: str) -> None:
    chat = await office.add_chat("Carla")
    for _ in range(3):
        await office.receive(chat)
    async with office.database.writing() as tx:
        await tx.execute(delete(Event).where(Event.seq <= 4))
    position = await office.position()
    async with serving(office) as server:
        ana = await connect(office, server, "ana", query.format(seq=position.seq, epoch=position.epoch))
        await ana.until_told("reset")
        await ana.until_ended()


async def test_a_database_swapped_underneath_resets_the_open_pages(office: Office) -> None:
    await office.add_chat("Carla")
    async with serving(office) as server:
        ana = await connect(office, server, "ana")
        async with office.database.writing() as tx:
            await tx.execute(update(Counter).where(Counter.name == "epoch").values(value=Counter.value + 1))
        await ana.until_told("reset")


async def test_cuts_and_restarts_leave_no_gap(office: Office) -> None:
    chat = await office.add_chat("Carla")
    position = await office.position()
    query = f"desde={position.seq}&epoca={position.epoch}&chat={chat}"
    chance, got, sent = random.Random(7), set[int](), set[int]()
    port, last_id = 0, ""
    for restart in range(4):
        async with serving(office, port=port, pace=Pace(batch_s=0.01)) as server:
            port = server.port
            for _ in range(6):
                ana = await connect(office, server, "ana", query, last_id=last_id)
                sent |= {await office.receive(chat) for _ in range(chance.randint(0, 5))}
                if chance.random() < 0.5 or restart == 3:
                    await _until_complete(ana, sent - got)
                await ana.close()
                got, last_id = got | ana.messages(), ana.last_id or last_id
        sent.add(await office.receive(chat))
    assert got == sent - {max(sent)}


async def _until_complete(client: Client, messages: set[int]) -> None:
    await eventually(lambda: messages <= client.messages(), f"all of {messages}")


async def test_a_shutdown_ends_all_streams_and_spreads_their_return(office: Office) -> None:
    async with serving(office) as server:
        clients = [await connect(office, server, name) for name in ("ana", "ana", "beto", "beto", "dora")]
        started = asyncio.get_running_loop().time()
        server.closing.set()
        for client in clients:
            await client.until_ended()
        assert asyncio.get_running_loop().time() - started < 5, "not with the next heartbeat"
        delays = [int(client.told[-1].retry) for client in clients]
        assert all(1_000 <= delay <= 5_000 for delay in delays)
        assert len(set(delays)) > 1
        assert all(client.words[-1] == "closing" for client in clients)
        status, _, _, writer = await ask(server, token=office.tokens["ana"])
        writer.close()
        assert status == 503


async def test_a_reader_that_stalls_is_cut_and_the_others_go_on(office: Office) -> None:
    chat = await office.add_chat("Carla")
    async with serving(office, pace=Pace(batch_s=0.01, write_limit_s=1)) as server:
        ana = await connect(office, server, "ana", f"chat={chat}")
        _, _, _, writer = await ask(server, f"chat={chat}", token=office.tokens["beto"], limit=1_024)
        await eventually(lambda: len(server.live.audience) == 2, "both streams are open")
        while len(server.live.audience) == 2:
            message = await office.receive(chat, "x" * 200_000)
            await ana.until(f'id="message-{message}"')
        await eventually(lambda: len(server.connections) == 1, "its connection was dropped, not only given up")
        writer.close()
        after = await office.receive(chat, "sigo aquí")
        await ana.until(f'id="message-{after}"')


async def test_five_hundred_pages_are_told_and_none_that_may_not_see_it(office: Office) -> None:
    """Beside a few that never read. The pace of a quiet machine is the benchmark's business."""
    chat = await office.add_chat("Carla")
    async with office.database.writing() as tx:
        people = await office.hire(tx, 50)
        await tx.execute(delete(UserRole).where(UserRole.user_id.in_([office.users[name] for name in people[40:]])))
    async with serving(office) as server:
        told: list[Client] = []
        kept_out: list[Client] = []
        stalled: list[asyncio.StreamWriter] = []
        for person in people:
            office.tokens[person] = await office.sign_in(person)
            opened = await asyncio.gather(*(connect(office, server, person) for _ in range(9)))
            (told if person in people[:40] else kept_out).extend(opened)
            stalled.append((await ask(server, "vista=todos", token=office.tokens[person], limit=1_024))[3])
        assert len(server.live.audience) == 500
        started = asyncio.get_running_loop().time()
        await office.receive(chat, "palabras para quien las puede ver")
        await eventually(lambda: all("quien las puede ver" in client.html for client in told), "all were told", 30)
        slowest = max(one.at for client in told for one in client.told if one.id)
        assert slowest - started < 10
        secret = [client for client in kept_out if "puede ver" in client.html or "Carla" in client.html]
        assert (len(told), len(kept_out)) == (360, 90)
        assert not secret
        for writer in stalled:
            writer.close()
